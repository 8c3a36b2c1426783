package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.plan.Planning;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * How a {@link FastNetwork} runs; {@code RuntimeOptions.of(BF16).threads(2)}.
 *
 * @param precision arithmetic of the convolutions
 * @param threads OpenMP threads of one call, at most {@value #MAX_THREADS}; 0 for {@code
 *     OMP_NUM_THREADS}, or as many as the JVM has processors, which is what a container grants it
 * @param selfCheck what loading proves
 * @param planning how input shapes are planned
 * @param withoutVnni what becomes of INT8 where this CPU would not compute it exactly
 * @param ownThreads whether calls with more than one thread are handed to threads of the runtime's
 *     own, whoever calls
 */
public record RuntimeOptions(
    Precision precision,
    int threads,
    SelfCheck selfCheck,
    Planning planning,
    WithoutVnni withoutVnni,
    boolean ownThreads) {

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

  /**
   * What becomes of INT8 with full-range weights on a CPU that adds two 8-bit products in 16 bits,
   * which can't hold them: x86 without VNNI.
   */
  public enum WithoutVnni {
    /** Loading fails, and says what helps. */
    REFUSE,
    /** The network runs in FP32. */
    FP32;

    /**
     * @param text {@code refuse} or {@code fp32}, in any case
     * @throws IllegalArgumentException for anything else
     */
    public static WithoutVnni of(String text) {
      for (WithoutVnni choice : values()) {
        if (choice.name().equalsIgnoreCase(text)) {
          return choice;
        }
      }
      throw new IllegalArgumentException(
          "without-vnni: must be one of " + Arrays.toString(values()) + ", got " + text);
    }

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public RuntimeOptions {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(withoutVnni, "withoutVnni");
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
        precision,
        0,
        SelfCheck.RECORDED,
        new Planning(4, Convolutions.DIRECT, 4),
        WithoutVnni.REFUSE,
        false);
  }

  public RuntimeOptions threads(int newThreads) {
    return new RuntimeOptions(precision, newThreads, selfCheck, planning, withoutVnni, ownThreads);
  }

  public RuntimeOptions selfCheck(SelfCheck newSelfCheck) {
    return new RuntimeOptions(precision, threads, newSelfCheck, planning, withoutVnni, ownThreads);
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

  /** What INT8 does on a CPU that saturates; {@link WithoutVnni#REFUSE} if not said. */
  public RuntimeOptions withoutVnni(WithoutVnni newWithoutVnni) {
    return new RuntimeOptions(precision, threads, selfCheck, planning, newWithoutVnni, ownThreads);
  }

  /** The same in another arithmetic. */
  public RuntimeOptions precision(Precision newPrecision) {
    return new RuntimeOptions(newPrecision, threads, selfCheck, planning, withoutVnni, ownThreads);
  }

  /**
   * For services whose calls come from several threads and have more than one thread each: as fast
   * from any of them as from the first, for 0.1 ms a call and more where it is called in a loop. If
   * not said, each caller leads threads of its own.
   */
  public RuntimeOptions ownThreads(boolean newOwnThreads) {
    return new RuntimeOptions(precision, threads, selfCheck, planning, withoutVnni, newOwnThreads);
  }

  private RuntimeOptions with(Planning newPlanning) {
    return new RuntimeOptions(precision, threads, selfCheck, newPlanning, withoutVnni, ownThreads);
  }
}
