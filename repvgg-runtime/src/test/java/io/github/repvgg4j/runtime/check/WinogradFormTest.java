package io.github.repvgg4j.runtime.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.program.PackedWeights;
import io.github.repvgg4j.onednn.program.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the matrices are Winograd's, and those of oneDNN. */
class WinogradFormTest {

  /** Of float32, so that both sides transform the same. */
  private static double[] random(Random random, int numbers) {
    return random.doubles(numbers, -1, 1).map(x -> (float) x).toArray();
  }

  @ParameterizedTest
  @EnumSource(WinogradForm.class)
  void theFormsAreConvolutions(WinogradForm form) {
    Random random = new Random(1);
    double[] kernel = random(random, 9);
    double[] tile = random(random, form.side() * form.side());
    double[] product = form.ofKernel().of(kernel);
    double[] input = form.ofTile().of(tile);
    Arrays.setAll(product, i -> product[i] * input[i]);
    double[] result = form.ofResult().of(product);
    assertThat(result).hasSize(form.step() * form.step());
    for (int i = 0; i < result.length; i++) {
      double sum = 0;
      for (int k = 0; k < 9; k++) {
        int row = i / form.step() + k / 3;
        sum += kernel[k] * tile[row * form.side() + i % form.step() + k % 3];
      }
      assertThat(result[i]).isCloseTo(sum, within(1e-13));
    }
  }

  /** Their order is oneDNN's own, so they are compared as a heap of numbers. */
  @ParameterizedTest
  @CsvSource({"1, F2", "8, F4"})
  void oneDnnTransformsWeightsWithTheSameMatrix(int batch, WinogradForm form) {
    Random random = new Random(2);
    Memory numbers = Memory.allocate(Layout.plain(DataType.F32, 16, 16, 3, 3));
    FloatBuffer plain = numbers.floats();
    List<Double> expected = new ArrayList<>();
    for (int filter = 0; filter < 256; filter++) {
      double[] kernel = random(random, 9);
      Arrays.stream(kernel).forEach(weight -> plain.put((float) weight));
      Arrays.stream(form.ofKernel().of(kernel)).forEach(expected::add);
    }
    try (PackedWeights weights = new PackedWeights(numbers);
        Primitive primitive = winograd(batch)) {
      Tensor transformed = weights.in(primitive.layout(Argument.WEIGHTS));
      FloatBuffer found = ((Tensor.Fixed) transformed.place()).memory().floats();
      expected.sort(Double::compare);
      List<Double> actual =
          IntStream.range(0, expected.size())
              .mapToObj(i -> (double) found.get(i))
              .sorted()
              .toList();
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-6));
      }
    }
  }

  /** Weights are kept as they were, whatever they were packed into. */
  @Test
  void packedWeightsCanBeHadInTheirOwnOrder() {
    Memory numbers = Memory.allocate(Layout.plain(DataType.F32, 16, 16, 3, 3));
    FloatBuffer plain = numbers.floats();
    float[] expected = new float[plain.remaining()];
    Random random = new Random(3);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = random.nextFloat();
      plain.put(expected[i]);
    }
    try (PackedWeights weights = new PackedWeights(numbers);
        Primitive primitive = winograd(8)) {
      weights.in(primitive.layout(Argument.WEIGHTS));
      assertThat(weights.numbers()).isEqualTo(expected);
    }
  }

  private static Primitive winograd(int batch) {
    Layout image = Layout.any(DataType.F32, batch, 16, 14, 14);
    Layout weights = Layout.any(DataType.F32, 16, 16, 3, 3);
    Convolution convolution =
        Convolution.direct(image, weights, null, image, Window.square(3, 1, 1))
            .with(Convolution.Algorithm.WINOGRAD);
    try {
      return convolution.forward(Purpose.INFERENCE, After.NOTHING);
    } catch (OneDnnException e) {
      assumeThat(e).as("this CPU has no such code").isNull();
      throw e;
    }
  }
}
