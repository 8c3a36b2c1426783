package io.github.repvgg4j.weights;

import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;

/** The end of a message about tensors that do not fit: what network they would fit. */
final class VariantHint {

  private VariantHint() {}

  static String of(StateDictStructure found, RepVggSpec asked) {
    return found
        .spec()
        .filter(spec -> !sameStructure(spec, asked) || spec.numClasses() != asked.numClasses())
        .map(spec -> "; the file holds " + variant(spec) + describe(spec, asked))
        .orElse("");
  }

  private static String variant(RepVggSpec found) {
    for (RepVggVariant variant : RepVggVariant.values()) {
      if (sameStructure(found, variant.spec())) {
        return "variant " + variant.label() + ": ";
      }
    }
    return "";
  }

  private static boolean sameStructure(RepVggSpec a, RepVggSpec b) {
    return a.depths().equals(b.depths())
        && a.widths().equals(b.widths())
        && a.blockOptions()
            .equals(b.blockOptions().withBatchNormEps(a.blockOptions().batchNormEps()));
  }

  private static String block(RepVggSpec spec, RepVggSpec asked) {
    BlockKind kind = spec.blockOptions().kind();
    return kind == BlockKind.REPVGG && asked.blockOptions().kind() == kind
        ? ""
        : ", block " + kind.label();
  }

  private static String describe(RepVggSpec spec, RepVggSpec asked) {
    return "depths "
        + spec.depths()
        + ", widths "
        + spec.widths()
        + block(spec, asked)
        + ", groups "
        + spec.blockOptions().groups()
        + (spec.blockOptions().squeezeExcitation() ? ", squeeze-and-excitation" : "")
        + ", "
        + spec.numClasses()
        + " classes";
  }
}
