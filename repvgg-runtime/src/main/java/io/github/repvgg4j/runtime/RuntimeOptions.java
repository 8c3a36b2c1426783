package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.Precision;

/**
 * How a {@link FastNetwork} runs; {@code RuntimeOptions.of(BF16).threads(2)}.
 *
 * @param precision arithmetic of the convolutions
 * @param threads OpenMP threads of one call; 0 leaves it to OpenMP ({@code OMP_NUM_THREADS}, or all
 *     cores). Another number is set through ND4J, which then starts as well
 * @param selfCheck whether loading compares with Deeplearning4j
 * @param plans how many input shapes (batch and resolution) are kept planned
 */
public record RuntimeOptions(Precision precision, int threads, SelfCheck selfCheck, int plans) {

  /** What loading proves. */
  public enum SelfCheck {
    /** Run a probe through both engines and refuse a difference beyond the bound. */
    AGAINST_DL4J,
    /** Trust the file: the quickest start, without ND4J. For files that were checked before. */
    SKIP
  }

  public RuntimeOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads: 0 (as OpenMP decides) or more, got " + threads);
    }
    if (plans < 1) {
      throw new IllegalArgumentException("plans: 1 or more, got " + plans);
    }
  }

  /** OpenMP's number of threads, self-checked, four shapes planned. */
  public static RuntimeOptions of(Precision precision) {
    return new RuntimeOptions(precision, 0, SelfCheck.AGAINST_DL4J, 4);
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
