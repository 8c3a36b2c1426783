package io.github.repvgg4j.weights;

import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.weights.Dialect.Gates;
import io.github.repvgg4j.weights.Dialect.Parts;
import io.github.repvgg4j.weights.Dialect.Places;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How an implementation names the tensors of its networks: a row a kind of block. A block's prefix,
 * then the part, then {@code weight}, {@code bias} and so on.
 */
public enum Naming {
  /**
   * The authors' own: DingXiaoH/RepVGG, cxxgtxy/QARepVGG ({@code QARepVGGBlockV2}),
   * apple/ml-mobileone, DingXiaoH/RepOptimizers ({@code RealVGGBlock}, {@code LinearAddBlock}).
   */
  OFFICIAL(
      new Places("stage0", "stage%d.%d", 0, "linear"),
      Map.of(
          BlockKind.REPVGG,
          new Parts("rbr_dense.conv", "rbr_dense.bn")
              .withPointwise("rbr_1x1.conv", "rbr_1x1.bn")
              .withIdentity("rbr_identity")
              .withFused("rbr_reparam", new Gates("se.down", "se.up")),
          BlockKind.QAREPVGG,
          new Parts("rbr_dense.conv", "rbr_dense.bn")
              .withPointwise("rbr_1x1", "")
              .withSum("bn")
              .withFused("rbr_reparam", new Gates("se.down", "se.up")),
          BlockKind.MOBILEONE,
          new Parts("rbr_conv.%d.conv", "rbr_conv.%d.bn")
              .withPointwise("rbr_scale.conv", "rbr_scale.bn")
              .withIdentity("rbr_skip")
              .withFused("reparam_conv", new Gates("se.reduce", "se.expand")),
          BlockKind.PLAIN,
          new Parts("conv", "bn").withFused("conv", new Gates("se.down", "se.up")),
          BlockKind.REPOPT_SEARCH,
          new Parts("conv", "scale_conv")
              .withPointwise("conv_1x1", "scale_1x1")
              .withIdentity("scale_identity")
              .withSum("bn")
              .withFused("conv", new Gates("se.down", "se.up")))),
  /** timm, {@code byobnet.py}. */
  TIMM(
      new Places("stem", "stages.%d.%d", 1, "head.fc"),
      Map.of(
          BlockKind.REPVGG,
          new Parts("conv_kxk.conv", "conv_kxk.bn")
              .withPointwise("conv_1x1.conv", "conv_1x1.bn")
              .withIdentity("identity")
              .withFused("reparam_conv", new Gates("attn.fc1", "attn.fc2")),
          BlockKind.MOBILEONE,
          new Parts("conv_kxk.%d.conv", "conv_kxk.%d.bn")
              .withPointwise("conv_scale.conv", "conv_scale.bn")
              .withIdentity("identity")
              .withFused("reparam_conv", new Gates("attn.fc1", "attn.fc2")))),
  /** open-mmlab/mmpretrain, {@code backbones/repvgg.py}. */
  MMPRETRAIN(
      new Places("backbone.stem", "backbone.stage_%d.%d", 0, "head.fc"),
      Map.of(
          BlockKind.REPVGG,
          new Parts("branch_3x3.conv", "branch_3x3.norm")
              .withPointwise("branch_1x1.conv", "branch_1x1.norm")
              .withIdentity("branch_norm")
              .withFused(
                  "branch_reparam", new Gates("se_layer.conv1.conv", "se_layer.conv2.conv"))));

  private final Map<BlockKind, Dialect> dialects = new LinkedHashMap<>();

  Naming(Places places, Map<BlockKind, Parts> parts) {
    for (BlockKind kind : BlockKind.values()) {
      if (parts.containsKey(kind)) {
        dialects.put(kind, new Dialect(this, kind, places, parts.get(kind)));
      }
    }
  }

  /** All that there are: RepVGG's before others whose fused names are the same. */
  static List<Dialect> dialects() {
    return Arrays.stream(values()).flatMap(Naming::own).toList();
  }

  private Stream<Dialect> own() {
    return dialects.values().stream();
  }

  /**
   * Its names for a kind of block.
   *
   * @throws IllegalArgumentException where it has none
   */
  Dialect of(BlockKind kind) {
    Dialect dialect = dialects.get(kind);
    if (dialect == null) {
      throw new IllegalArgumentException(
          "naming: "
              + label()
              + " has no names for block "
              + kind.label()
              + ", only for "
              + String.join(", ", dialects.keySet().stream().map(BlockKind::label).toList()));
    }
    return dialect;
  }

  /** The name as users type it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
