package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.onednn.Precision;
import java.util.Locale;
import java.util.Optional;

/**
 * How far the fast runtime was from a reference on the probe images.
 *
 * @param reference who says what the logits are
 * @param maxRelativeDifference max|fast - reference| / max|reference| over the logits
 * @param bound what was allowed
 * @param top1Agreement share of probe images with the same best class, 0 to 1
 * @param images probe images
 * @param codes of an INT8 network
 */
public record SelfCheckReport(
    Reference reference,
    double maxRelativeDifference,
    double bound,
    double top1Agreement,
    int images,
    Optional<CodeAgreement> codes) {

  /**
   * How many codes of an INT8 network's tensors are those of the reference.
   *
   * @param compared all of them, or a sample
   * @param differing of those, 0 where the network is computed as it is defined
   * @param tensors they are of
   */
  public record CodeAgreement(long compared, long differing, int tensors) {}

  /** Who says what the logits are. */
  public enum Reference {
    /** Deeplearning4j, when the file was written. */
    DEEPLEARNING4J("Deeplearning4j"),
    /** The layers' definitions in loops of float64. */
    PLAIN_JAVA("a plain-Java reference"),
    /** The same in plain integers. */
    PLAIN_INTEGERS("a plain-Java integer reference");

    private final String text;

    Reference(String text) {
      this.text = text;
    }
  }

  /**
   * What max|fast - reference| / max|reference| of the logits may be; in INT8 of what is not in
   * codes, given the codes.
   */
  public static double bound(Precision precision) {
    return switch (precision) {
      case FP32, INT8 -> 1e-4;
      case BF16 -> 5e-2;
    };
  }

  /** False also where the difference is not a number. */
  public boolean passed() {
    return maxRelativeDifference <= bound && codes.map(it -> it.differing() == 0).orElse(true);
  }

  @Override
  public String toString() {
    return codes.map(this::withCodes).orElseGet(this::floats);
  }

  private String withCodes(CodeAgreement agreement) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d codes of %d tensors differ from %s (allowed 0), what is float32 by %.1e (allowed"
            + " %.0e)",
        agreement.differing(),
        agreement.compared(),
        agreement.tensors(),
        reference.text,
        maxRelativeDifference,
        bound);
  }

  private String floats() {
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
