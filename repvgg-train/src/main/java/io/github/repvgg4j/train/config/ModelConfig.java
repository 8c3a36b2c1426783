package io.github.repvgg4j.train.config;

import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggSpec;
import java.util.List;

/**
 * The network: a named variant, or depths and widths.
 *
 * @param variant name of a published variant, such as A0
 * @param depths blocks in stages 1 to 4
 * @param widths channels of stages 0 to 4
 * @param strides of stages 0 to 4
 * @param groups of the grouped blocks
 * @param squeezeExcitation before each ReLU
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
    if (variant != null && (depths != null || widths != null || groups != null)) {
      throw new IllegalArgumentException("variant: excludes depths, widths and groups");
    }
    if (variant == null) {
      strides = Check.orElse(strides, RepVggSpec.IMAGENET_STRIDES);
      groups = Check.orElse(groups, 1);
      squeezeExcitation = Check.orElse(squeezeExcitation, false);
      custom(depths, widths, strides, groups, squeezeExcitation, 1, input);
    } else {
      throw new IllegalArgumentException(
          "variant: " + variant + " is not known yet; give depths and widths");
    }
  }

  /** A plain network of one's own. */
  public static ModelConfig of(
      List<Integer> depths, List<Integer> widths, List<Integer> strides, List<Integer> input) {
    return new ModelConfig(null, depths, widths, strides, null, null, null, input);
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
    return custom(depths, widths, strides, groups, squeezeExcitation, classes, input);
  }

  private static RepVggSpec custom(
      List<Integer> depths,
      List<Integer> widths,
      List<Integer> strides,
      int groups,
      boolean squeezeExcitation,
      int classes,
      List<Integer> input) {
    return new RepVggSpec(
        depths,
        widths,
        strides,
        new RepVggSpec.BlockOptions(groups, squeezeExcitation),
        classes,
        new InputShape(input.get(0), input.get(1), input.get(2)));
  }
}
