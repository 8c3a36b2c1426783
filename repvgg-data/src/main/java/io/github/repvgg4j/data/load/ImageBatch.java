package io.github.repvgg4j.data.load;

import java.util.stream.IntStream;

/**
 * Images ready for a network.
 *
 * @param shape {@code [N, C, H, W]}
 * @param features N * C * H * W values in C order, normalised
 * @param targets N * classes values: probabilities of each class; of classes that exclude each
 *     other they sum to 1; with {@link SoftTargets} behind each image's as many again
 * @param classes the true classes of each image, from 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record ImageBatch(long[] shape, float[] features, float[] targets, int[][] classes) {

  /**
   * Of images that have one class each.
   *
   * @param classes from 0
   */
  public ImageBatch(long[] shape, float[] features, float[] targets, int[] classes) {
    this(
        shape,
        features,
        targets,
        IntStream.of(classes).mapToObj(c -> new int[] {c}).toArray(int[][]::new));
  }

  /** Number of images. */
  public int size() {
    return classes.length;
  }

  /** {@code [N, classes]}, of the targets. */
  public long[] targetShape() {
    return new long[] {size(), targets.length / size()};
  }
}
