package io.github.repvgg4j.deploy.predict;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes a network's logits; which arithmetic does it is the implementation's business. */
@FunctionalInterface
public interface Engine extends AutoCloseable {

  /**
   * @param input {@code [N, C, H, W]}, float32, normalised; not changed
   * @return {@code [N, classes]}, float32, the numbers before the softmax; the caller's own
   */
  INDArray logits(INDArray input);

  /** Gives back what the engine holds outside the heap; nothing by default. */
  @Override
  default void close() {}
}
