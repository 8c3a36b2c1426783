package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import io.github.repvgg4j.yaml.RecordReader;
import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The keys of {@code model:} in a file of their own, or under {@code model:} as in a training
 * configuration.
 *
 * @param variant a published one; excludes the rest but strides, batchNormEps, numClasses and input
 * @param depths blocks of stages 1 to 4
 * @param widths channels of stages 0 to 4
 * @param strides of stages 0 to 4; 2 each where not given
 * @param groups of the blocks of even index from 2 on; 1 where not given
 * @param squeezeExcitation before each ReLU; false where not given
 * @param branches of the training form; all where not given
 * @param batchNormEps what BatchNorm adds to the variance; 1e-5 where not given; may be given with
 *     a variant
 * @param numClasses 1000 where not given
 * @param input {@code [C, H, W]}; {@code [3, 224, 224]} where not given
 */
record SpecFile(
    String variant,
    @Limit(size = 4, min = 1) List<Integer> depths,
    @Limit(size = 5, min = 1) List<Integer> widths,
    @Limit(size = 5, min = 1) List<Integer> strides,
    @Limit(min = 1) Integer groups,
    Boolean squeezeExcitation,
    Branches branches,
    @Limit(above = 0, below = 1) Double batchNormEps,
    @Limit(min = 1) Integer numClasses,
    @Limit(size = 3, min = 1) List<Integer> input) {

  private static final Limits LIMITS = Limits.of(SpecFile.class);

  SpecFile {
    numClasses = LIMITS.value("numClasses", numClasses, 1000);
    input = LIMITS.value("input", input, List.of(3, 224, 224));
    strides = LIMITS.value("strides", strides);
    batchNormEps = LIMITS.value("batchNormEps", batchNormEps);
    if (variant != null
        && (depths != null
            || widths != null
            || groups != null
            || squeezeExcitation != null
            || branches != null)) {
      throw new IllegalArgumentException(
          "variant: excludes depths, widths, groups, squeezeExcitation and branches");
    }
    if (variant == null && (depths == null || widths == null)) {
      throw new IllegalArgumentException(
          (depths == null ? "depths" : "widths") + ": is required (or give variant: A0)");
    }
    depths = LIMITS.value("depths", depths);
    widths = LIMITS.value("widths", widths);
    groups = LIMITS.value("groups", groups);
    squeezeExcitation = squeezeExcitation != null && squeezeExcitation;
    spec(
        variant,
        depths,
        widths,
        strides,
        options(groups, squeezeExcitation, branches),
        numClasses,
        input);
  }

  /** Fails with one line that names the file, the key and the line. */
  static RepVggSpec read(Path path) throws IOException {
    try {
      YamlFile file = YamlFile.read(path);
      return file.keys().get("model") instanceof YamlNode.Mapping model
          ? RecordReader.read(file.name(), model, "model", SpecFile.class).spec()
          : RecordReader.read(file.name(), file.keys(), "", SpecFile.class).spec();
    } catch (YamlException e) {
      throw new ArchiveException(e.getMessage(), e);
    }
  }

  private RepVggSpec spec() {
    RepVggSpec.BlockOptions options = options(groups, squeezeExcitation, branches);
    RepVggSpec spec = spec(variant, depths, widths, strides, options, numClasses, input);
    return batchNormEps == null ? spec : spec.withBatchNormEps(batchNormEps);
  }

  private static RepVggSpec.BlockOptions options(
      Integer groups, boolean squeezeExcitation, Branches branches) {
    return new RepVggSpec.BlockOptions(
        groups == null ? 1 : groups, squeezeExcitation, branches == null ? Branches.ALL : branches);
  }

  private static RepVggSpec spec(
      String variant,
      List<Integer> depths,
      List<Integer> widths,
      List<Integer> strides,
      RepVggSpec.BlockOptions options,
      int numClasses,
      List<Integer> input) {
    InputShape shape = new InputShape(input.get(0), input.get(1), input.get(2));
    if (variant != null) {
      RepVggSpec spec = variant(variant).spec(numClasses, shape);
      return strides == null ? spec : spec.withStrides(strides);
    }
    return new RepVggSpec(
        depths,
        widths,
        strides == null ? RepVggSpec.IMAGENET_STRIDES : strides,
        options,
        numClasses,
        shape);
  }

  private static RepVggVariant variant(String name) {
    try {
      return RepVggVariant.of(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("variant: " + e.getMessage(), e);
    }
  }
}
