package io.github.repvgg4j.data;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images ready for a network.
 *
 * @param shape {@code [N, C, H, W]}
 * @param features N * C * H * W values in C order, normalised
 * @param targets N * classes values: probabilities of each class, summing to 1
 * @param classes the true class of each image, from 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record ImageBatch(long[] shape, float[] features, float[] targets, int[] classes) {

  /** Number of images. */
  public int size() {
    return classes.length;
  }

  /** {@code [N, C, H, W]}, float32, a copy owned by the caller. */
  public INDArray featureArray() {
    return Nd4j.create(features, shape, 'c');
  }

  /** {@code [N, classes]}, float32, a copy owned by the caller. */
  public INDArray targetArray() {
    return Nd4j.create(targets, new long[] {size(), targets.length / size()}, 'c');
  }
}
