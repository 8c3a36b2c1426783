package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.NumberFormat;

/** Float32 numbers with fewer bits of mantissa. */
public final class Rounding {

  private Rounding() {}

  /** What memory of this format keeps of a number. */
  static float stored(NumberFormat format, float value) {
    return format == NumberFormat.BFLOAT16 ? bfloat16(value) : value;
  }

  /** 7 bits, to the nearest, ties to even. */
  public static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  /** 10 bits, to the nearest, ties away from zero, as tensor cores take float32. */
  public static float tf32(float value) {
    if (!Float.isFinite(value)) {
      return value;
    }
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) + 0x1000 & 0xffffe000);
  }

  /** The factors of a convolution's products. */
  static float[] factors(Product product, float[] values) {
    if (product == Product.FULL) {
      return values;
    }
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = tf32(values[i]);
    }
    return rounded;
  }
}
