package io.github.repvgg4j.deploy.command;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggSpec;
import io.github.repvgg4j.model.RepVggVariant;
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
 * @param batchNormEps what BatchNorm adds to the variance; 1e-5 where not given; may be given with
 *     a variant
 * @param numClasses 1000 where not given
 * @param input {@code [C, H, W]}; {@code [3, 224, 224]} where not given
 */
record SpecFile(
    String variant,
    List<Integer> depths,
    List<Integer> widths,
    List<Integer> strides,
    Integer groups,
    Boolean squeezeExcitation,
    Double batchNormEps,
    Integer numClasses,
    List<Integer> input) {

  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** Fails with one line that names the file and the key. */
  static RepVggSpec read(Path path) throws IOException {
    try {
      JsonNode root = YAML.readTree(path.toFile());
      JsonNode model = root != null && root.has("model") ? root.get("model") : root;
      return YAML.treeToValue(model, SpecFile.class).spec();
    } catch (com.fasterxml.jackson.core.JsonProcessingException | IllegalArgumentException e) {
      String line = e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
      throw new ArchiveException(path + ": " + line, e);
    }
  }

  private RepVggSpec spec() {
    RepVggSpec spec = withUsualEps();
    return batchNormEps == null ? spec : spec.withBatchNormEps(batchNormEps);
  }

  private RepVggSpec withUsualEps() {
    int classes = numClasses == null ? 1000 : numClasses;
    InputShape shape = InputShape.square(224);
    if (input != null) {
      if (input.size() != 3) {
        throw new IllegalArgumentException("input: needs [C, H, W], got " + input);
      }
      shape = new InputShape(input.get(0), input.get(1), input.get(2));
    }
    if (variant != null) {
      if (depths != null || widths != null || groups != null || squeezeExcitation != null) {
        throw new IllegalArgumentException(
            "variant: excludes depths, widths, groups and squeezeExcitation");
      }
      RepVggSpec spec = RepVggVariant.of(variant).spec(classes, shape);
      return strides == null ? spec : spec.withStrides(strides);
    }
    return new RepVggSpec(
        depths,
        widths,
        strides == null ? RepVggSpec.IMAGENET_STRIDES : strides,
        new RepVggSpec.BlockOptions(
            groups == null ? 1 : groups, Boolean.TRUE.equals(squeezeExcitation)),
        classes,
        shape);
  }
}
