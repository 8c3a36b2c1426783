package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.Precision;
import java.util.Objects;

/**
 * How a {@link FastNetwork} runs; {@code RuntimeOptions.of(BF16).threads(2)}.
 *
 * @param precision arithmetic of the convolutions
 * @param threads OpenMP threads of one call, at most {@value #MAX_THREADS}; 0 for {@code
 *     OMP_NUM_THREADS}, or as many as the JVM has processors, which is what a container grants it
 * @param selfCheck what loading proves
 * @param plans how many input shapes (batch and resolution) are kept planned
 */
public record RuntimeOptions(Precision precision, int threads, SelfCheck selfCheck, int plans) {

  /** OpenMP ends the process where it can't have as many as it is told to. */
  public static final int MAX_THREADS = 1024;

  /** What loading proves: the logits of probe images differ by no more than the bound. */
  public enum SelfCheck {
    /**
     * From Deeplearning4j's, which {@code convert} recorded in the file; where a file has none,
     * from {@link #REFERENCE}.
     */
    RECORDED,
    /** From what the layers' definitions say, computed in plain Java: a second or two. */
    REFERENCE,
    /** Trust the file: the quickest start. For files that were checked before. */
    SKIP
  }

  public RuntimeOptions {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(selfCheck, "selfCheck");
    if (threads < 0 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads: 0 (as many as processors) to " + MAX_THREADS + ", got " + threads);
    }
    if (plans < 1) {
      throw new IllegalArgumentException("plans: 1 or more, got " + plans);
    }
  }

  /** As many threads as processors, self-checked, four shapes planned. */
  public static RuntimeOptions of(Precision precision) {
    return new RuntimeOptions(precision, 0, SelfCheck.RECORDED, 4);
  }

  public RuntimeOptions threads(int newThreads) {
    return new RuntimeOptions(precision, newThreads, selfCheck, plans);
  }

  public RuntimeOptions selfCheck(SelfCheck newSelfCheck) {
    return new RuntimeOptions(precision, threads, newSelfCheck, plans);
  }

  public RuntimeOptions plans(int newPlans) {
    return new RuntimeOptions(precision, threads, selfCheck, newPlans);
  }
}
