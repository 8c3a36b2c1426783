package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.listing.SplitRule;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the folder of a training run tells of its model: the two sides share files, not classes. */
public final class RunFolder {

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
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
   * whether it is there or not; where that names none, the {@code images} folder beside it, into
   * which a run generates. Empty where neither is at hand.
   */
  static Optional<RunData> data(Path model) {
    Path config = model.resolveSibling(CONFIG);
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    YamlNode.Mapping data = section(config, "data");
    Optional<Path> path =
        text(data, "path").isPresent()
            ? path(data)
            : Optional.of(model.resolveSibling(GENERATED)).filter(Files::exists);
    return path.map(
        found ->
            new RunData(
                found, new ImageData.Options(split(data), labelling(section(config, "training")))));
  }

  /**
   * How the run beside a model read a data set: plainly, where it is not the run's.
   *
   * @param data as a user names it
   */
  public static ImageData.Options options(Path model, Path data) throws IOException {
    Optional<RunData> run = data(model);
    boolean same =
        run.isPresent()
            && Files.exists(run.get().path())
            && Files.exists(data)
            && Files.isSameFile(run.get().path(), data);
    return same ? run.get().options() : ImageData.Options.PLAIN;
  }

  /** Its configuration and its data set, which a conversion reads and never changes. */
  static List<Path> files(Path model) {
    return Stream.concat(
            Stream.of(model.resolveSibling(CONFIG)), data(model).map(RunData::path).stream())
        .toList();
  }

  private static YamlNode.Mapping section(Path config, String name) {
    try {
      if (YamlFile.read(config).keys().get(name) instanceof YamlNode.Mapping section) {
        return section;
      }
    } catch (YamlException e) {
      LOG.debug("{}", e.getMessage()); // a comparison on random numbers is as good a proof
    }
    return new YamlNode.Mapping(0, Map.of());
  }

  private static Optional<Path> path(YamlNode.Mapping data) {
    try {
      return text(data, "path").map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** With a sigmoid, a table of images may name several classes of each. */
  private static Labelling labelling(YamlNode.Mapping training) {
    return text(training, "loss").filter("sigmoid"::equalsIgnoreCase).isPresent()
        ? Labelling.SEVERAL
        : Labelling.ONE;
  }

  private static Optional<SplitRule> split(YamlNode.Mapping data) {
    if (data.get("split") instanceof YamlNode.Mapping split) {
      try {
        long seed = text(split, "seed").map(Long::parseLong).orElse(1L);
        return text(split, "test").map(test -> new SplitRule(Double.parseDouble(test), seed));
      } catch (IllegalArgumentException e) {
        LOG.debug("data.split: {}", e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> text(YamlNode.Mapping keys, String key) {
    return keys.has(key) && keys.get(key) instanceof YamlNode.Scalar value
        ? Optional.of(value.text())
        : Optional.empty();
  }
}
