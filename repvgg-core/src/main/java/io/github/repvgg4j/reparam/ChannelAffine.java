package io.github.repvgg4j.reparam;

import java.util.Arrays;

/**
 * y[c] = scale[c] * x[c] + shift[c]: what BatchNorm is in inference.
 *
 * @param scale one number a channel
 * @param shift one number a channel
 */
@SuppressWarnings("ArrayRecordComponent")
public record ChannelAffine(double[] scale, double[] shift) {

  public ChannelAffine {
    if (scale.length != shift.length) {
      throw new IllegalArgumentException(
          "affine: " + scale.length + " scales, " + shift.length + " shifts");
    }
  }

  /** One scale and one shift for all channels. */
  public static ChannelAffine uniform(int channels, double scale, double shift) {
    double[] scales = new double[channels];
    double[] shifts = new double[channels];
    Arrays.fill(scales, scale);
    Arrays.fill(shifts, shift);
    return new ChannelAffine(scales, shifts);
  }

  public int channels() {
    return scale.length;
  }

  /** Whether any channel is shifted. */
  public boolean hasShift() {
    return Arrays.stream(shift).anyMatch(s -> s != 0);
  }
}
