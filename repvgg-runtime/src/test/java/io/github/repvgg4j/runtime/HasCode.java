package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;

/** Skips tests of what oneDNN has no code for on this CPU, such as bfloat16 without AVX-512. */
final class HasCode {

  private HasCode() {}

  /**
   * @param precision FP32 or BF16
   */
  static void assume(Precision precision) {
    assumeThat(has(precision.type())).as("code for %s on this CPU", precision).isTrue();
  }

  private static boolean has(DataType type) {
    Layout image = Layout.any(type, 1, 16, 8, 8);
    Convolution convolution =
        Convolution.direct(image, Layout.any(type, 16, 16, 3, 3), null, image, window());
    try (Primitive forward = convolution.forward(Purpose.INFERENCE, After.NOTHING)) {
      return true;
    } catch (OneDnnException e) {
      return false;
    }
  }

  private static Window window() {
    return Window.square(3, 1, 1);
  }
}
