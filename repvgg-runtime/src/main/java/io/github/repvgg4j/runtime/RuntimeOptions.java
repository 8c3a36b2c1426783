package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.plan.Planning;
import java.util.Objects;

/**
 * How a {@link FastNetwork} runs; {@code RuntimeOptions.of(BF16).threads(2)}.
 *
 * @param precision arithmetic of the convolutions
 * @param threads OpenMP threads of one call, at most {@value #MAX_THREADS}; 0 for {@code
 *     OMP_NUM_THREADS}, or as many as the JVM has processors, which is what a container grants it
 * @param selfCheck what loading proves
 * @param planning how input shapes are planned
 */
public record RuntimeOptions(
    Precision precision, int threads, SelfCheck selfCheck, Planning planning) {

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
  }

  /**
   * As many threads as processors, self-checked, four shapes planned, convolutions computed as they
   * are defined: quick to plan, and the same bits in each process.
   */
  public static RuntimeOptions of(Precision precision) {
    return new RuntimeOptions(
        precision, 0, SelfCheck.RECORDED, new Planning(4, Convolutions.DIRECT, 4));
  }

  public RuntimeOptions threads(int newThreads) {
    return new RuntimeOptions(precision, newThreads, selfCheck, planning);
  }

  public RuntimeOptions selfCheck(SelfCheck newSelfCheck) {
    return new RuntimeOptions(precision, threads, newSelfCheck, planning);
  }

  public RuntimeOptions plans(int newShapes) {
    return with(new Planning(newShapes, planning.convolutions(), planning.weightGrowth()));
  }

  /** Which kernels compute 3x3 convolutions in float32; {@link Convolutions#DIRECT} if not said. */
  public RuntimeOptions convolutions(Convolutions newConvolutions) {
    return with(new Planning(planning.shapes(), newConvolutions, planning.weightGrowth()));
  }

  /** A bound on what transformed weights take; 4 if not said, which is more than they need. */
  public RuntimeOptions weightGrowth(double newGrowth) {
    return with(new Planning(planning.shapes(), planning.convolutions(), newGrowth));
  }

  private RuntimeOptions with(Planning newPlanning) {
    return new RuntimeOptions(precision, threads, selfCheck, newPlanning);
  }
}
