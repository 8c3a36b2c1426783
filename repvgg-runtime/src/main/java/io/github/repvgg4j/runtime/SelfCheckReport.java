package io.github.repvgg4j.runtime;

import io.github.repvgg4j.onednn.Precision;
import java.util.Locale;

/**
 * How far the fast runtime was from Deeplearning4j on the probe.
 *
 * @param maxRelativeDifference max|fast - DL4J| / max|DL4J| over the logits
 * @param bound what was allowed
 * @param top1Agreement share of probe images with the same best class, 0 to 1
 * @param images probe images
 */
public record SelfCheckReport(
    double maxRelativeDifference, double bound, double top1Agreement, int images) {

  /** What max|fast - DL4J| / max|DL4J| of the logits may be. */
  static double bound(Precision precision) {
    return switch (precision) {
      case FP32 -> 1e-4;
      case BF16 -> 5e-2;
    };
  }

  /** False also where the difference is not a number. */
  public boolean passed() {
    return maxRelativeDifference <= bound;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "differs from Deeplearning4j by %.1e (allowed %.0e), same best class on %.0f %% of %d"
            + " probe images",
        maxRelativeDifference,
        bound,
        100 * top1Agreement,
        images);
  }
}
