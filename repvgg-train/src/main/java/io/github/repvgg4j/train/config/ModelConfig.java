package io.github.repvgg4j.train.config;

import io.github.repvgg4j.model.Branches;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggSpec;
import io.github.repvgg4j.model.RepVggVariant;
import java.util.List;

/**
 * The network: a named variant, or depths and widths.
 *
 * @param variant name of a published variant, such as A0; strides may be given with it
 * @param depths blocks in stages 1 to 4
 * @param widths channels of stages 0 to 4
 * @param strides of stages 0 to 4
 * @param groups of the grouped blocks
 * @param squeezeExcitation before each ReLU
 * @param branches of each block; fewer than all of them for ablations
 * @param batchNormEps what BatchNorm adds to the variance; may be given with a variant
 * @param numClasses outputs; the number of class folders where not given
 * @param input [channels, height, width]
 */
public record ModelConfig(
    String variant,
    List<Integer> depths,
    List<Integer> widths,
    List<Integer> strides,
    Integer groups,
    Boolean squeezeExcitation,
    Branches branches,
    Double batchNormEps,
    Integer numClasses,
    List<Integer> input) {

  public ModelConfig {
    input = Check.orElse(input, List.of(3, 224, 224));
    if (input.size() != 3) {
      throw new IllegalArgumentException("input: needs [channels, height, width], got " + input);
    }
    if (variant == null && (depths == null || widths == null)) {
      throw new IllegalArgumentException(
          (depths == null ? "depths" : "widths") + ": is required (or give variant: A0)");
    }
    if (variant != null
        && (depths != null
            || widths != null
            || groups != null
            || squeezeExcitation != null
            || branches != null)) {
      throw new IllegalArgumentException(
          "variant: excludes depths, widths, groups, squeezeExcitation and branches");
    }
    if (variant == null) {
      strides = Check.orElse(strides, RepVggSpec.IMAGENET_STRIDES);
      groups = Check.orElse(groups, 1);
      squeezeExcitation = Check.orElse(squeezeExcitation, false);
      branches = Check.orElse(branches, Branches.ALL);
    }
    batchNormEps = Check.orElse(batchNormEps, RepVggGraphs.BN_EPS);
    RepVggSpec.BlockOptions options = options(groups, squeezeExcitation, branches);
    build(variant, depths, widths, strides, options, 1, input).withBatchNormEps(batchNormEps);
  }

  /** A plain network of one's own. */
  public static ModelConfig of(
      List<Integer> depths, List<Integer> widths, List<Integer> strides, List<Integer> input) {
    return new ModelConfig(null, depths, widths, strides, null, null, null, null, null, input);
  }

  /** The structure for a data set of {@code classes} classes. */
  public RepVggSpec spec(int classes) {
    if (numClasses != null && numClasses != classes) {
      throw new ConfigException(
          "model.numClasses: is "
              + numClasses
              + ", but the data has "
              + classes
              + " classes; leave it out to take those");
    }
    RepVggSpec.BlockOptions options = options(groups, squeezeExcitation, branches);
    return build(variant, depths, widths, strides, options, classes, input)
        .withBatchNormEps(batchNormEps);
  }

  private static RepVggSpec.BlockOptions options(
      Integer groups, Boolean squeezeExcitation, Branches branches) {
    return groups == null ? null : new RepVggSpec.BlockOptions(groups, squeezeExcitation, branches);
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
