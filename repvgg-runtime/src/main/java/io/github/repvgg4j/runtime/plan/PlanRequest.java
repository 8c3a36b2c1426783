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
    /** Before the logits what the last global pooling reads, float32 in C order. */
    LAST_FEATURES,
    /** Besides the logits what each node gives, float32 in C order. */
    EVERY_TENSOR
  }

  /** The logits alone. */
  public PlanRequest(BatchShape shape, Optional<Kernel> kernel, int threads) {
    this(shape, kernel, threads, Results.LOGITS);
  }

  /** The same with more or less given out. */
  public PlanRequest giving(Results wanted) {
    return new PlanRequest(shape, kernel, threads, wanted);
  }
}
