package io.github.repvgg4j.accelerate.chain;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a head makes of its scores and the targets. Losses are means over the images, as
 * Deeplearning4j's scores are.
 */
public sealed interface HeadLoss {

  /** Softmax; {@code -sum_c t_c log p_c} an image, targets that sum to 1. */
  record CrossEntropy() implements HeadLoss {}

  /**
   * Softmax; {@code -sum_c w_c t_c log p_c} an image, targets that sum to 1.
   *
   * @param weights float32 {@code [1, classes]}, only read
   */
  record WeightedCrossEntropy(INDArray weights) implements HeadLoss {}

  /**
   * Sigmoid; {@code -sum_c (t_c log p_c + (1 - t_c) log(1 - p_c))} an image, each target in [0, 1].
   */
  record BinaryCrossEntropy() implements HeadLoss {}
}
