package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.onednn.Precision;
import java.util.Locale;

/**
 * How far the fast runtime was from a reference on the probe images.
 *
 * @param reference who says what the logits are
 * @param maxRelativeDifference max|fast - reference| / max|reference| over the logits
 * @param bound what was allowed
 * @param top1Agreement share of probe images with the same best class, 0 to 1
 * @param images probe images
 */
public record SelfCheckReport(
    Reference reference,
    double maxRelativeDifference,
    double bound,
    double top1Agreement,
    int images) {

  /** Who says what the logits are. */
  public enum Reference {
    /** Deeplearning4j, when the file was written. */
    DEEPLEARNING4J("Deeplearning4j"),
    /** The layers' definitions in loops of float64. */
    PLAIN_JAVA("a plain-Java reference");

    private final String text;

    Reference(String text) {
      this.text = text;
    }
  }

  /** What max|fast - reference| / max|reference| of the logits may be. */
  public static double bound(Precision precision) {
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
        "differs from %s by %.1e (allowed %.0e), same best class on %.0f %% of %d"
            + " probe images",
        reference.text,
        maxRelativeDifference,
        bound,
        100 * top1Agreement,
        images);
  }
}
