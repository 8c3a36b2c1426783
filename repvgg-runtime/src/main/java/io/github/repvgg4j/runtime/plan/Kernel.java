package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.primitive.Convolution.Algorithm;
import io.github.repvgg4j.onednn.primitive.Purpose;

/** How one convolution is computed. */
public enum Kernel {
  DIRECT(Algorithm.DIRECT, Purpose.INFERENCE),
  /**
   * With weights transformed once. oneDNN 2.5.2 takes F(2x2, 3x3) for one image, with 16/9 times
   * the memory, and F(4x4, 3x3) for several, with 4 times.
   */
  WINOGRAD(Algorithm.WINOGRAD, Purpose.INFERENCE),
  /**
   * F(4x4, 3x3), whose weights are transformed at each call, as in training. For one large image of
   * few channels it may be the quickest.
   */
  WINOGRAD_FROM_PLAIN(Algorithm.WINOGRAD, Purpose.TRAINING);

  private final Algorithm algorithm;
  private final Purpose purpose;

  Kernel(Algorithm algorithm, Purpose purpose) {
    this.algorithm = algorithm;
    this.purpose = purpose;
  }

  Algorithm algorithm() {
    return algorithm;
  }

  Purpose purpose() {
    return purpose;
  }
}
