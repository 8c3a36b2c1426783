package io.github.repvgg4j.model;

import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.List;

/**
 * The keys of {@code model:}: a named variant, or depths and widths.
 *
 * @param variant name of a published variant, such as A0; strides may be given with it
 * @param depths blocks in stages 1 to 4
 * @param widths channels of stages 0 to 4
 * @param strides of stages 0 to 4
 * @param groups of the grouped blocks
 * @param squeezeExcitation before each ReLU
 * @param block what the blocks are made of; may be given with a RepVGG variant
 * @param convolutions side by side in MobileOne's blocks
 * @param branches of RepVGG's blocks; fewer than all of them for ablations
 * @param batchNormEps what BatchNorm adds to the variance; may be given with a variant
 * @param downsample how the first block of a stage makes the image smaller
 * @param numClasses outputs; where not given, as many as the data or the weights have
 * @param input [channels, height, width]
 */
public record ModelConfig(
    String variant,
    @Limit(size = 4, min = 1) List<Integer> depths,
    @Limit(size = 5, min = 1) List<Integer> widths,
    @Limit(size = 5, min = 1) List<Integer> strides,
    @Limit(min = 1) Integer groups,
    Boolean squeezeExcitation,
    BlockKind block,
    @Limit(min = 1) Integer convolutions,
    Branches branches,
    @Limit(above = 0, below = 1) Double batchNormEps,
    Downsample downsample,
    @Limit(min = 1) Integer numClasses,
    @Limit(size = 3, min = 1) List<Integer> input) {

  private static final Limits LIMITS = Limits.of(ModelConfig.class);

  public ModelConfig {
    input = LIMITS.value("input", input, List.of(3, 224, 224));
    numClasses = LIMITS.value("numClasses", numClasses);
    depths = LIMITS.value("depths", depths);
    widths = LIMITS.value("widths", widths);
    if (variant == null && (depths == null || widths == null)) {
      throw new IllegalArgumentException(
          (depths == null ? "depths" : "widths") + ": is required (or give variant: A0)");
    }
    if (variant != null
        && (depths != null
            || widths != null
            || groups != null
            || squeezeExcitation != null
            || convolutions != null
            || branches != null
            || downsample != null)) {
      throw new IllegalArgumentException(
          "variant: excludes depths, widths, groups, squeezeExcitation, convolutions, branches and"
              + " downsample");
    }
    if (variant == null) {
      strides = strides == null ? RepVggSpec.IMAGENET_STRIDES : strides;
      groups = LIMITS.value("groups", groups, 1);
      squeezeExcitation = LIMITS.value("squeezeExcitation", squeezeExcitation, false);
      block = LIMITS.value("block", block, BlockKind.REPVGG);
      convolutions = LIMITS.value("convolutions", convolutions, 1);
      branches = LIMITS.value("branches", branches, Branches.ALL);
      downsample = LIMITS.value("downsample", downsample, Downsample.STRIDE);
    }
    strides = LIMITS.value("strides", strides);
    batchNormEps = LIMITS.value("batchNormEps", batchNormEps, RepVggSpec.BATCH_NORM_EPS);
    Blocks blocks =
        new Blocks(groups, squeezeExcitation, block, convolutions, branches, downsample);
    blocks
        .build(variant, depths, widths, strides, new Sizes(1, input))
        .blocks()
        .forEach(BlockLayers::requireRoomToSqueeze);
  }

  /** A plain network of one's own. */
  public static ModelConfig of(
      List<Integer> depths, List<Integer> widths, List<Integer> strides, List<Integer> input) {
    return new ModelConfig(
        null, depths, widths, strides, null, null, null, null, null, null, null, null, input);
  }

  /** A published network. */
  public static ModelConfig of(RepVggVariant variant, InputShape input) {
    List<Integer> shape = List.of(input.channels(), input.height(), input.width());
    return new ModelConfig(
        variant.label(), null, null, null, null, null, null, null, null, null, null, null, shape);
  }

  /** The structure with as many outputs, whatever {@link #numClasses} says. */
  public RepVggSpec spec(int classes) {
    return new Blocks(groups, squeezeExcitation, block, convolutions, branches, downsample)
        .build(variant, depths, widths, strides, new Sizes(classes, input))
        .withBatchNormEps(batchNormEps);
  }

  /** What goes in and comes out. */
  private record Sizes(int classes, List<Integer> input) {
    InputShape shape() {
      return new InputShape(input.get(0), input.get(1), input.get(2));
    }
  }

  /** The keys about blocks; with a variant all null but the kind. */
  private record Blocks(
      Integer groups,
      Boolean squeezeExcitation,
      BlockKind kind,
      Integer convolutions,
      Branches branches,
      Downsample downsample) {

    RepVggSpec build(
        String variant,
        List<Integer> depths,
        List<Integer> widths,
        List<Integer> strides,
        Sizes sizes) {
      if (variant == null) {
        return new RepVggSpec(depths, widths, strides, options(), sizes.classes(), sizes.shape());
      }
      RepVggSpec spec = variant(variant).spec(sizes.classes(), sizes.shape());
      BlockOptions published = spec.blockOptions();
      if (kind != null && kind != published.kind()) {
        if (kind.isSeparable() != published.kind().isSeparable()) {
          throw new IllegalArgumentException(
              "block: "
                  + kind.label()
                  + " makes another network than variant "
                  + variant
                  + "; leave one of them out");
        }
        spec = spec.withBlockOptions(published.withStructure(new Structure(kind, 1)));
      }
      return strides == null ? spec : spec.withStrides(strides);
    }

    private BlockOptions options() {
      return new BlockOptions(
          groups,
          squeezeExcitation,
          branches,
          RepVggSpec.BATCH_NORM_EPS,
          downsample,
          new Structure(kind, convolutions));
    }
  }

  private static RepVggVariant variant(String name) {
    try {
      return RepVggVariant.of(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("variant: " + e.getMessage(), e);
    }
  }
}
