package io.github.repvgg4j.model;

import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
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
 * @param branches of each block; fewer than all of them for ablations
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
            || branches != null
            || downsample != null)) {
      throw new IllegalArgumentException(
          "variant: excludes depths, widths, groups, squeezeExcitation, branches and downsample");
    }
    if (variant == null) {
      strides = strides == null ? RepVggSpec.IMAGENET_STRIDES : strides;
      groups = LIMITS.value("groups", groups, 1);
      squeezeExcitation = LIMITS.value("squeezeExcitation", squeezeExcitation, false);
      branches = LIMITS.value("branches", branches, Branches.ALL);
      downsample = LIMITS.value("downsample", downsample, Downsample.STRIDE);
    }
    strides = LIMITS.value("strides", strides);
    batchNormEps = LIMITS.value("batchNormEps", batchNormEps, RepVggSpec.BATCH_NORM_EPS);
    RepVggSpec.BlockOptions options = options(groups, squeezeExcitation, branches, downsample);
    build(variant, depths, widths, strides, options, 1, input);
  }

  /** A plain network of one's own. */
  public static ModelConfig of(
      List<Integer> depths, List<Integer> widths, List<Integer> strides, List<Integer> input) {
    return new ModelConfig(
        null, depths, widths, strides, null, null, null, null, null, null, input);
  }

  /** A published network. */
  public static ModelConfig of(RepVggVariant variant, InputShape input) {
    List<Integer> shape = List.of(input.channels(), input.height(), input.width());
    return new ModelConfig(
        variant.label(), null, null, null, null, null, null, null, null, null, shape);
  }

  /** The structure with as many outputs, whatever {@link #numClasses} says. */
  public RepVggSpec spec(int classes) {
    RepVggSpec.BlockOptions options = options(groups, squeezeExcitation, branches, downsample);
    return build(variant, depths, widths, strides, options, classes, input)
        .withBatchNormEps(batchNormEps);
  }

  private static RepVggSpec.BlockOptions options(
      Integer groups, Boolean squeezeExcitation, Branches branches, Downsample downsample) {
    return groups == null
        ? null
        : new RepVggSpec.BlockOptions(groups, squeezeExcitation, branches)
            .withDownsample(downsample);
  }

  private static RepVggSpec build(
      String variant,
      List<Integer> depths,
      List<Integer> widths,
      List<Integer> strides,
      RepVggSpec.BlockOptions options,
      int classes,
      List<Integer> input) {
    InputShape shape = new InputShape(input.get(0), input.get(1), input.get(2));
    if (variant != null) {
      RepVggSpec spec = variant(variant).spec(classes, shape);
      return strides == null ? spec : spec.withStrides(strides);
    }
    return new RepVggSpec(depths, widths, strides, options, classes, shape);
  }

  private static RepVggVariant variant(String name) {
    try {
      return RepVggVariant.of(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("variant: " + e.getMessage(), e);
    }
  }
}
