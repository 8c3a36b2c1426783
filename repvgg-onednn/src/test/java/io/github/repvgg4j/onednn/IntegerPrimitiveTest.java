package io.github.repvgg4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.onednn.OnePrimitive.Array;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Attributes;
import io.github.repvgg4j.onednn.primitive.Attributes.Scaled;
import io.github.repvgg4j.onednn.primitive.Attributes.ScaledSources;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.InnerProduct;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Reorder;
import io.github.repvgg4j.onednn.primitive.Window;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integers against the definition, written out in loops: no code differs. */
class IntegerPrimitiveTest {

  /** Products of two fit 16 bits, so that every CPU is exact. */
  private static final int WEIGHT_LIMIT = 63;

  /** Whole numbers. */
  private static Array whole(int seed, int least, int most, long... dims) {
    Array array = Array.zeros(dims);
    Random random = new Random(seed);
    for (int i = 0; i < array.numbers().length; i++) {
      array.numbers()[i] = least + random.nextInt(most - least + 1);
    }
    return array;
  }

  private static float[] factors(int count) {
    float[] factors = new float[count];
    for (int o = 0; o < count; o++) {
      factors[o] = 0.004f + 0.0003f * o;
    }
    return factors;
  }

  private static float code(float real, DataType type) {
    double least = type == DataType.U8 ? 0 : -128;
    return (float) Math.max(least, Math.min(least + 255, Math.rint(real)));
  }

  @ParameterizedTest(name = "{0} to {1} channels, {2} groups, stride {3}, zero point {4}, to {5}")
  @CsvSource({
    "16, 32, 1, 1, 0, U8",
    "3, 48, 1, 2, 128, U8",
    "3, 5, 1, 1, 7, U8",
    "32, 16, 2, 1, 0, U8",
    "32, 16, 4, 2, 128, S8",
    "6, 6, 2, 1, 0, U8",
    "16, 16, 16, 1, 3, U8",
    "16, 16, 1, 1, 0, S8",
    "16, 16, 1, 2, 0, F32"
  })
  void convolution(int in, int out, int groups, int stride, int zeroPoint, DataType result) {
    Window window = Window.square(3, stride, 1);
    Array source = whole(1, 0, 255, 2, in, 9, 11);
    Array weights = whole(2, -WEIGHT_LIMIT, WEIGHT_LIMIT, window.weights(in, out, groups));
    Array bias = whole(3, -9000, 9000, out);
    Array target = Array.zeros(window.target(source.dims(), out));
    Function after = result == DataType.U8 ? Function.RELU : Function.IDENTITY;
    float[] factors = factors(out);
    new OnePrimitive()
        .reads(Argument.SOURCE, source)
        .reads(Argument.WEIGHTS, weights)
        .reads(Argument.BIAS, bias)
        .writes(Argument.TARGET, target)
        .run(
            Convolution.direct(
                    Layout.any(DataType.U8, source.dims()),
                    Layout.any(DataType.S8, weights.dims()),
                    Layout.plain(DataType.S32, out),
                    Layout.any(result, target.dims()),
                    window)
                .forward(
                    Purpose.INFERENCE,
                    Attributes.of(new Scaled(factors, zeroPoint, 0), After.of(after))));
    Array shifted = new Array(source.dims(), source.numbers().clone());
    for (int i = 0; i < shifted.numbers().length; i++) {
      shifted.numbers()[i] -= zeroPoint;
    }
    Loops loops = new Loops(window, groups, shifted, weights, bias, target.dims());
    loops.forward();
    int pixels = (int) (target.dims()[2] * target.dims()[3]);
    for (int i = 0; i < target.numbers().length; i++) {
      float real = (float) loops.target[i] * factors[i / pixels % out];
      float expected = result == DataType.F32 ? real : code(real, result);
      assertThat(target.numbers()[i]).isEqualTo(expected);
    }
  }

  @Test
  void innerProduct() {
    Array source = whole(1, 0, 255, 3, 40, 2, 1);
    Array weights = whole(2, -WEIGHT_LIMIT, WEIGHT_LIMIT, 10, 40, 2, 1);
    Array bias = whole(3, -9000, 9000, 10);
    Array target = Array.zeros(3, 10);
    float[] factors = factors(10);
    new OnePrimitive()
        .reads(Argument.SOURCE, source)
        .reads(Argument.WEIGHTS, weights)
        .reads(Argument.BIAS, bias)
        .writes(Argument.TARGET, target)
        .run(
            new InnerProduct(
                    Layout.any(DataType.U8, source.dims()),
                    Layout.any(DataType.S8, weights.dims()),
                    Layout.plain(DataType.S32, 10),
                    Layout.plain(DataType.F32, 3, 10))
                .forward(
                    Purpose.INFERENCE, Attributes.of(new Scaled(factors, 0, 0), After.NOTHING)));
    for (int i = 0; i < target.numbers().length; i++) {
      int sum = (int) bias.numbers()[i % 10];
      for (int k = 0; k < 80; k++) {
        sum += (int) (source.numbers()[i / 10 * 80 + k] * weights.numbers()[i % 10 * 80 + k]);
      }
      assertThat(target.numbers()[i]).isEqualTo(sum * factors[i % 10]);
    }
  }

  @Test
  void codesTimesAGateAreCodes() {
    Array image = whole(1, -128, 127, 2, 32, 5, 7);
    Array gate = Array.random(2, 2, 32, 1, 1);
    Array target = Array.zeros(image.dims());
    Layout lying = Layout.of(DataType.S8, Order.CHANNELS_LAST, image.dims());
    new OnePrimitive()
        .reads(Argument.SOURCE, image)
        .reads(Argument.SECOND_SOURCE, gate)
        .writes(Argument.TARGET, target)
        .run(
            new Binary(
                    Binary.Kind.MULTIPLY,
                    lying,
                    Layout.of(DataType.F32, Order.CHANNELS_LAST, gate.dims()),
                    Layout.of(DataType.U8, Order.CHANNELS_LAST, image.dims()))
                .forward(Attributes.of(new ScaledSources(0.75f, 1), After.of(Function.RELU))));
    for (int i = 0; i < target.numbers().length; i++) {
      double real = 0.75 * image.numbers()[i] * gate.numbers()[i / 35];
      double most = Math.max(0, Math.min(255, real));
      assertThat(Math.abs(target.numbers()[i] - most)).isLessThanOrEqualTo(0.5 + 1e-4);
    }
  }

  @Test
  void realNumbersBecomeCodesHalvesToEven() {
    float step = 0.25f;
    Array real = Array.zeros(1, 2, 1, 4);
    float[] steps = {0.5f, 1.5f, -0.5f, -1.5f, 1000, -1000, 126.4f, 0};
    for (int i = 0; i < steps.length; i++) {
      real.numbers()[i] = steps[i] * step;
    }
    Array codes = Array.zeros(real.dims());
    Layout lying = Layout.of(DataType.U8, Order.CHANNELS_LAST, real.dims());
    new OnePrimitive()
        .reads(Argument.SOURCE, real)
        .writes(Argument.TARGET, codes)
        .run(new Reorder(real.layout(), lying).forward(new Scaled(new float[] {1 / step}, 0, 128)));
    assertThat(codes.numbers()).containsExactly(128, 130, 128, 126, 255, 0, 254, 128);
    Array back = Array.zeros(real.dims());
    new OnePrimitive()
        .reads(Argument.SOURCE, codes)
        .writes(Argument.TARGET, back)
        .run(new Reorder(lying, back.layout()).forward(new Scaled(new float[] {step}, 128, 0)));
    float[] expected = {0, 0.5f, 0, -0.5f, 31.75f, -32, 31.5f, 0};
    assertThat(Arrays.equals(back.numbers(), expected)).isTrue();
  }
}
