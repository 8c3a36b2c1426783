package io.github.repvgg4j.onednn;

import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS_GRADIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.repvgg4j.onednn.OnePrimitive.Array;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gradient of the weights at the images that the last stages of a small network see, against
 * the definition, where all other memory holds NaN.
 */
class SmallImageGradientTest {

  private static final int[] INPUTS = {3, 24, 48};
  private static final int[] OUTPUTS = {16, 24};
  private static final int LARGEST = 5;

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void weightGradientReadsNothingThatNobodyWrote(DataType type) {
    for (int in : INPUTS) {
      for (int out : OUTPUTS) {
        for (int kernel = 1; kernel <= 3; kernel += 2) {
          for (int stride = 1; stride <= 2; stride++) {
            images(type, in, out, Window.square(kernel, stride, kernel / 2));
          }
        }
      }
    }
  }

  private static void images(DataType type, int in, int out, Window window) {
    for (int height = 1; height <= LARGEST; height++) {
      for (int width = 1; width <= LARGEST; width++) {
        Array source = Array.random(1, 2, in, height, width);
        Array target = Array.zeros(window.target(source.dims(), out));
        Convolution convolution = convolution(type, source, target, window);
        if (convolution.hasWeightGradient()) {
          check(convolution, source, target);
        } else {
          assertThat(type).isEqualTo(DataType.BF16);
        }
      }
    }
  }

  private static Convolution convolution(DataType type, Array source, Array target, Window window) {
    long in = source.dims()[1];
    Layout image =
        in == 3
            ? Layout.any(type, source.dims())
            : Layout.of(type, Order.BLOCKS_OF_16, source.dims());
    Layout weights = Layout.any(DataType.F32, window.weights(in, target.dims()[1], 1));
    Layout result = Layout.of(type, Order.BLOCKS_OF_16, target.dims());
    return Convolution.direct(image, weights, null, result, window);
  }

  private static void check(Convolution convolution, Array source, Array target) {
    Array weights = Array.zeros(convolution.weights().dims());
    Array error = Array.random(2, target.dims());
    Array gradient = Array.zeros(weights.dims());
    DataType type = convolution.source().type();
    Convolution forward =
        Convolution.direct(
            convolution.source(),
            Layout.any(type, weights.dims()),
            null,
            convolution.target(),
            convolution.window());
    try (Primitive hint = forward.forward(Purpose.TRAINING, After.NOTHING)) {
      new OnePrimitive()
          .reads(SOURCE, source)
          .reads(TARGET_GRADIENT, error)
          .writes(WEIGHTS_GRADIENT, gradient)
          .run(convolution.backwardWeights(hint));
    } catch (OneDnnException e) {
      assumeThat(type).as("code on this CPU: %s", e.getMessage()).isEqualTo(DataType.F32);
      assumeThat(e.getMessage()).as("blocks of 16 on this CPU").isNull();
    }
    Array none = Array.zeros(target.dims()[1]);
    Loops expected = new Loops(convolution.window(), 1, source, weights, none, target.dims());
    expected.backward(error);
    double tolerance = type == DataType.BF16 ? 0.2 : 1e-4;
    for (int i = 0; i < gradient.numbers().length; i++) {
      assertThat((double) gradient.numbers()[i])
          .as("%s, place %d", convolution, i)
          .isCloseTo(expected.weightGradient[i], org.assertj.core.data.Offset.offset(tolerance));
    }
  }
}
