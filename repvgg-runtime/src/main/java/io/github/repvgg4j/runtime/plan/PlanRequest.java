package io.github.repvgg4j.runtime.plan;

import java.util.Optional;

/**
 * What is to be planned.
 *
 * @param kernel of all convolutions that it can compute; empty for the fastest of each
 * @param threads of a call; oneDNN's kernels are made for a number of them
 * @param results what is given out
 */
public record PlanRequest(BatchShape shape, Optional<Kernel> kernel, int threads, Results results) {

  /** What a run gives out. */
  public enum Results {
    LOGITS,
    /** Besides the logits what each node gives, float32 in C order. */
    EVERY_TENSOR
  }

  /** The logits alone. */
  public PlanRequest(BatchShape shape, Optional<Kernel> kernel, int threads) {
    this(shape, kernel, threads, Results.LOGITS);
  }

  /** The same with every tensor given out. */
  public PlanRequest observed() {
    return new PlanRequest(shape, kernel, threads, Results.EVERY_TENSOR);
  }
}
