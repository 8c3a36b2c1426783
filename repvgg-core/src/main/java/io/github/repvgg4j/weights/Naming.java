package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockSpec;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How an implementation names the tensors of a RepVGG network: one row each. A block's prefix, then
 * the part, then {@code weight}, {@code bias} and so on.
 */
public enum Naming {
  /** DingXiaoH/RepVGG, {@code repvgg.py}. */
  OFFICIAL(
      new Places("stage0", "stage%d.%d", 0, "linear"),
      new Parts("rbr_dense", "rbr_1x1", "bn", "rbr_identity", "rbr_reparam"),
      new Gates("se.down", "se.up")),
  /** timm, {@code byobnet.py}. */
  TIMM(
      new Places("stem", "stages.%d.%d", 1, "head.fc"),
      new Parts("conv_kxk", "conv_1x1", "bn", "identity", "reparam_conv"),
      new Gates("attn.fc1", "attn.fc2")),
  /** open-mmlab/mmpretrain, {@code backbones/repvgg.py}. */
  MMPRETRAIN(
      new Places("backbone.stem", "backbone.stage_%d.%d", 0, "head.fc"),
      new Parts("branch_3x3", "branch_1x1", "norm", "branch_norm", "branch_reparam"),
      new Gates("se_layer.conv1.conv", "se_layer.conv2.conv"));

  /**
   * @param stem prefix of stage 0's block
   * @param block format of the other blocks' prefixes: stage, index
   * @param firstStage subtracted from the stage
   * @param linear the classifier
   */
  private record Places(String stem, String block, int firstStage, String linear) {}

  /** Branches, the BatchNorm within a branch, and the fused convolution. */
  private record Parts(
      String dense, String pointwise, String norm, String identity, String fused) {}

  /** The two maps of squeeze-and-excitation. */
  private record Gates(String down, String up) {}

  private final Places places;
  private final Parts parts;
  private final Gates gates;
  private final Pattern inBlock;
  private final Map<Form, Set<String>> partsOfForm = new EnumMap<>(Form.class);

  Naming(Places places, Parts parts, Gates gates) {
    this.places = places;
    this.parts = parts;
    this.gates = gates;
    String block = Pattern.quote(places.block).replace("%d", "\\E\\d+\\Q");
    inBlock =
        Pattern.compile("(.*\\.)?(?:" + Pattern.quote(places.stem) + "|" + block + ")\\.(.+)");
    for (Form form : Form.values()) {
      partsOfForm.put(form, partsOf(form));
    }
  }

  private Set<String> partsOf(Form form) {
    Set<String> all = new HashSet<>();
    for (String gate : List.of(gates.down, gates.up)) {
      all.addAll(List.of(gate + ".weight", gate + ".bias"));
    }
    if (form == Form.FAST) {
      all.addAll(List.of(fusedConv() + ".weight", fusedConv() + ".bias"));
      return all;
    }
    all.addAll(List.of(denseConv() + ".weight", pointwiseConv() + ".weight"));
    for (String norm : List.of(denseBn(), pointwiseBn(), identityBn())) {
      for (String of : List.of("weight", "bias", "running_mean", "running_var")) {
        all.add(norm + "." + of);
      }
      all.add(norm + BATCH_COUNT);
    }
    return all;
  }

  /**
   * What stands before the name of a block's tensor, such as {@code module.}; empty where the name
   * is none of a block of this form.
   */
  Optional<String> prefix(String name, Form form) {
    Matcher matcher = inBlock.matcher(name);
    return matcher.matches() && partsOfForm.get(form).contains(matcher.group(2))
        ? Optional.of(Objects.requireNonNullElse(matcher.group(1), ""))
        : Optional.empty();
  }

  /** Whether a name ends as that of a block's tensor does. */
  static boolean isAnyWeight(String name) {
    return Arrays.stream(values())
        .anyMatch(
            naming ->
                Arrays.stream(Form.values())
                    .anyMatch(form -> naming.prefix(name, form).isPresent()));
  }

  /** Whether a name without prefix is that of a weight of this form. */
  boolean isWeight(String name, Form form) {
    return prefix(name, form).filter(String::isEmpty).isPresent()
        || name.equals(places.linear + ".weight")
        || name.equals(places.linear + ".bias");
  }

  /** Whether a name without prefix lies within a block or the classifier. */
  boolean isWithinNetwork(String name) {
    Matcher matcher = inBlock.matcher(name);
    return (matcher.matches() && matcher.group(1) == null) || name.startsWith(places.linear + ".");
  }

  /** The name as users type it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Prefix of a block, with the dot. */
  String block(int stage, int index) {
    return stage == 0
        ? places.stem + "."
        : String.format(Locale.ROOT, places.block, stage - places.firstStage, index) + ".";
  }

  String block(BlockSpec block) {
    return block(block.stage(), block.index());
  }

  String denseConv() {
    return parts.dense + ".conv";
  }

  String denseBn() {
    return parts.dense + "." + parts.norm;
  }

  String pointwiseConv() {
    return parts.pointwise + ".conv";
  }

  String pointwiseBn() {
    return parts.pointwise + "." + parts.norm;
  }

  String identityBn() {
    return parts.identity;
  }

  String fusedConv() {
    return parts.fused;
  }

  String down() {
    return gates.down;
  }

  String up() {
    return gates.up;
  }

  String linear() {
    return places.linear;
  }

  /** BatchNorm's counter, which a file may lack. */
  static final String BATCH_COUNT = ".num_batches_tracked";

  /** The 3x3 kernel of a block, which either form has. */
  String kernel(Form form) {
    return (form == Form.TRAINING ? denseConv() : fusedConv()) + ".weight";
  }
}
