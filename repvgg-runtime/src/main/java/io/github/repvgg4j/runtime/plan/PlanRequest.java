package io.github.repvgg4j.runtime.plan;

import java.util.Optional;

/**
 * What is to be planned.
 *
 * @param kernel of all convolutions that it can compute; empty for the fastest of each
 * @param results what is given out
 */
public record PlanRequest(BatchShape shape, Optional<Kernel> kernel, Results results) {

  /** What a run gives out. */
  public enum Results {
    LOGITS,
    /** Besides the logits what each node gives, float32 in C order. */
    EVERY_TENSOR
  }

  /** The logits alone. */
  public PlanRequest(BatchShape shape, Optional<Kernel> kernel) {
    this(shape, kernel, Results.LOGITS);
  }

  /** The same with every tensor given out. */
  public PlanRequest observed() {
    return new PlanRequest(shape, kernel, Results.EVERY_TENSOR);
  }
}
