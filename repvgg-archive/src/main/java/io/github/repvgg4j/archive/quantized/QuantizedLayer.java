package io.github.repvgg4j.archive.quantized;

/**
 * A convolution or dense layer in integers. Its sums are {@code bias[o] + Σ weight * (code -
 * zeroPoint of the input)}, exact in 32 bits, and stand for {@code scale of the input *
 * weightScales[o] * sum}.
 *
 * @param weights {@code [out, in / groups, kH, kW]} of a convolution or {@code [out, in]} of a
 *     dense layer, C order (DL4J keeps dense weights as {@code [in, out]})
 * @param weightScales {@code [out]}, finite, greater than 0
 * @param bias {@code [out]}, in units of input scale times weight scale
 */
@SuppressWarnings("ArrayRecordComponent")
public record QuantizedLayer(byte[] weights, float[] weightScales, int[] bias) {

  /**
   * @throws IllegalArgumentException one line: lengths that do not fit each other, a scale that is
   *     not finite or not greater than 0
   */
  public QuantizedLayer {
    int out = weightScales.length;
    if (out == 0 || bias.length != out || weights.length == 0 || weights.length % out != 0) {
      throw new IllegalArgumentException(
          "weights: "
              + weights.length
              + " weights, "
              + out
              + " scales and "
              + bias.length
              + " biases do not fit each other");
    }
    for (float scale : weightScales) {
      if (!(scale > 0) || !Float.isFinite(scale) || scale < Float.MIN_NORMAL) {
        throw new IllegalArgumentException(
            "weightScales: must be a normal number greater than 0, got " + scale);
      }
    }
  }

  /** Output channels or classes. */
  public int out() {
    return weightScales.length;
  }
}
