package io.github.repvgg4j.data.load;

/**
 * Images ready for a network.
 *
 * @param shape {@code [N, C, H, W]}
 * @param features N * C * H * W values in C order, normalised
 * @param targets N * classes values: probabilities of each class, summing to 1; with {@link
 *     SoftTargets} behind each image's as many again
 * @param classes the true class of each image, from 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record ImageBatch(long[] shape, float[] features, float[] targets, int[] classes) {

  /** Number of images. */
  public int size() {
    return classes.length;
  }

  /** {@code [N, classes]}, of the targets. */
  public long[] targetShape() {
    return new long[] {size(), targets.length / size()};
  }
}
