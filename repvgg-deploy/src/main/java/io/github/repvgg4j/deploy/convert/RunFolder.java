package io.github.repvgg4j.deploy.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.data.listing.SplitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the folder of a training run tells of its model: the two sides share files, not classes. */
final class RunFolder {

  private static final String CONFIG = "config.yaml";
  private static final String GENERATED = "images";

  private RunFolder() {}

  /**
   * The data set that a run used.
   *
   * @param options how it set its test images aside
   */
  record RunData(Path path, ImageData.Options options) {}

  /**
   * The data set that the run used: {@code data.path} of the {@code config.yaml} beside the model,
   * or the {@code images} folder beside it; empty where neither is at hand.
   */
  static Optional<RunData> data(Path model) {
    Path config = model.resolveSibling(CONFIG);
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    JsonNode data = section(config);
    return Stream.concat(path(data).stream(), Stream.of(model.resolveSibling(GENERATED)))
        .filter(Files::exists)
        .findFirst()
        .map(path -> new RunData(path, new ImageData.Options(split(data.path("split")))));
  }

  private static JsonNode section(Path config) {
    try {
      return new YAMLMapper().readTree(config.toFile()).path("data");
    } catch (IOException e) {
      return MissingNode.getInstance(); // a comparison on random numbers is as good a proof
    }
  }

  private static Optional<Path> path(JsonNode data) {
    try {
      JsonNode path = data.path("path");
      return path.isTextual() ? Optional.of(Path.of(path.asText())) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<SplitRule> split(JsonNode split) {
    try {
      return split.path("test").isNumber()
          ? Optional.of(new SplitRule(split.path("test").asDouble(), split.path("seed").asLong(1)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
