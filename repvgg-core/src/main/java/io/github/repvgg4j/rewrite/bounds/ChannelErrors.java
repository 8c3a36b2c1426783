package io.github.repvgg4j.rewrite.bounds;

import java.util.Arrays;
import java.util.Optional;

/**
 * What is known of a tensor's channels, for the rounding analysis.
 *
 * @param size bound on |value|
 * @param proven bound on the distance of the computed from the exact value, worst case
 * @param estimated the same with roundings taken as independent
 */
@SuppressWarnings("ArrayRecordComponent")
record ChannelErrors(double[] size, double[] proven, double[] estimated) {

  /** Values that are exact. */
  static ChannelErrors exact(double[] size) {
    return new ChannelErrors(size, new double[size.length], new double[size.length]);
  }

  static ChannelErrors ofChannels(int channels) {
    return exact(new double[channels]);
  }

  int channels() {
    return size.length;
  }

  /** The same behind a function that stretches distances by at most this factor. */
  ChannelErrors stretched(double factor, double rounding) {
    ChannelErrors result = ofChannels(channels());
    for (int c = 0; c < channels(); c++) {
      result.size[c] = size[c];
      result.proven[c] = proven[c] * factor + rounding * (size[c] + proven[c]);
      result.estimated[c] = estimated[c] * factor + rounding * size[c];
    }
    return result;
  }

  /** The same, where the values as computed are known to be no larger than this. */
  ChannelErrors limited(Optional<double[]> range) {
    if (range.isEmpty() || range.get().length != channels()) {
      return this;
    }
    ChannelErrors result = new ChannelErrors(size.clone(), proven, estimated);
    for (int c = 0; c < channels(); c++) {
      result.size[c] = Math.min(size[c], range.get()[c] + proven[c]);
    }
    return result;
  }

  double largestProven() {
    return Arrays.stream(proven).max().orElse(0);
  }

  double largestEstimated() {
    return Arrays.stream(estimated).max().orElse(0);
  }
}
