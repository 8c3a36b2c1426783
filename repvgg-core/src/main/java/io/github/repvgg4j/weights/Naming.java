package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.model.BlockSpec;
import java.util.Locale;

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

  Naming(Places places, Parts parts, Gates gates) {
    this.places = places;
    this.parts = parts;
    this.gates = gates;
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

  /** The 3x3 kernel of a block, which either form has. */
  String kernel(Form form) {
    return (form == Form.TRAINING ? denseConv() : fusedConv()) + ".weight";
  }
}
