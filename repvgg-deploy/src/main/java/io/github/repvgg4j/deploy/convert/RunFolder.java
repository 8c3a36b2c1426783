package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
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
   * The data set that the run used: {@code data.path} of the {@code config.yaml} beside the model,
   * or the {@code images} folder beside it; empty where neither is at hand.
   */
  static Optional<Path> data(Path model) {
    Path config = model.resolveSibling(CONFIG);
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    return Stream.concat(named(config).stream(), Stream.of(model.resolveSibling(GENERATED)))
        .filter(Files::exists)
        .findFirst();
  }

  private static Optional<Path> named(Path config) {
    try {
      return YamlFile.read(config).keys().get("data") instanceof YamlNode.Mapping data
              && data.has("path")
              && data.get("path") instanceof YamlNode.Scalar path
          ? Optional.of(Path.of(path.text()))
          : Optional.empty();
    } catch (YamlException | InvalidPathException e) {
      return Optional.empty(); // a comparison on random numbers is as good a proof
    }
  }
}
