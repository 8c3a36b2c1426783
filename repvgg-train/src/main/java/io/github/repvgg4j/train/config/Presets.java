package io.github.repvgg4j.train.config;

import io.github.repvgg4j.yaml.Choice;
import io.github.repvgg4j.yaml.Words;
import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Frozen recipes by name: YAML resources beside this class, under the keys of a user's file.
 *
 * @param name as in {@link #NAMES}
 * @param keys of the recipe
 */
record Presets(String name, YamlNode.Mapping keys) {

  /** As {@code preset:} takes them. */
  static final List<String> NAMES =
      List.of(
          "reference-120",
          "reference-300",
          "b3-200",
          "cifar-hour",
          "small-images",
          "small-images-few",
          "photos",
          "photos-few");

  /** What a schedule says in iterations stands for what a preset says in epochs. */
  private static final Map<String, String> IN_ITERATIONS =
      Map.of(
          "warmupIterations", "warmupEpochs",
          "everyIterations", "every",
          "milestoneIterations", "milestones");

  /** How weights are drawn, which has no effect where there are weights to start from. */
  private static final List<String> DRAWING = List.of("init", "whitening");

  private static final List<String> NETWORK_KEYS = List.of("variant", "depths", "widths");

  /**
   * The preset that a file names.
   *
   * @throws YamlException for an unknown name, with the known ones
   */
  static Presets read(String file, YamlNode named) {
    String name = name(named);
    if (!NAMES.contains(name)) {
      String near = Words.nearest(name, NAMES).map(n -> "; did you mean '" + n + "'?").orElse("");
      throw new YamlException(
          file
              + ": preset: must be one of "
              + String.join(", ", NAMES)
              + " or auto"
              + ", got "
              + named.kind()
              + near
              + " (line "
              + named.line()
              + ")");
    }
    return read(name);
  }

  /** As other words of a file, in either case and with underscores; empty where it is none. */
  static String name(YamlNode named) {
    return named instanceof YamlNode.Scalar scalar
        ? scalar.text().toLowerCase(Locale.ROOT).replace('_', '-')
        : "";
  }

  static Presets read(String name) {
    try (InputStream in = Presets.class.getResourceAsStream(name + ".yaml")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Presets(name, (YamlNode.Mapping) withoutLines(YamlFile.parse(name, text).keys()));
    } catch (IOException e) {
      throw new IllegalStateException("preset " + name, e);
    }
  }

  /** So that no message takes a preset's line for one of the user's file. */
  private static YamlNode withoutLines(YamlNode node) {
    if (node instanceof YamlNode.Mapping mapping) {
      Map<String, YamlNode> entries = new LinkedHashMap<>();
      mapping.entries().forEach((key, value) -> entries.put(key, withoutLines(value)));
      return new YamlNode.Mapping(0, entries);
    }
    if (node instanceof YamlNode.Sequence sequence) {
      return new YamlNode.Sequence(
          0, sequence.items().stream().map(Presets::withoutLines).toList());
    }
    YamlNode.Scalar scalar = (YamlNode.Scalar) node;
    return new YamlNode.Scalar(0, scalar.text(), scalar.plain());
  }

  /**
   * Puts a user's keys over the preset's, section by section. What names another kind replaces the
   * whole section: {@code type} of an optimizer or schedule, {@code variant}, {@code depths} or
   * {@code widths} of the model. So does {@code augment}, which says all that is done to images.
   * {@code fineTune} takes the place of how weights are drawn. The preset's name stands as it is
   * spelt here.
   */
  YamlNode.Mapping override(YamlNode.Mapping user) {
    int line = user.has("preset") ? user.get("preset").line() : 0;
    return override(keys, user).with("preset", new YamlNode.Scalar(line, name, true));
  }

  private static YamlNode.Mapping override(YamlNode.Mapping preset, YamlNode.Mapping user) {
    Map<String, YamlNode> merged = new LinkedHashMap<>(preset.entries());
    IN_ITERATIONS.forEach(
        (iterations, epochs) -> {
          if (user.has(iterations)) {
            merged.remove(epochs);
          }
        });
    if (preset.get("optimizer") instanceof YamlNode.Mapping under
        && user.get("optimizer") instanceof YamlNode.Mapping over
        && isOtherKind("optimizer", under, over)) {
      merged.remove("learningRate");
    }
    if (user.has("fineTune")) {
      DRAWING.forEach(merged::remove);
    }
    user.entries()
        .forEach(
            (key, above) -> merged.merge(key, above, (under, over) -> override(key, under, over)));
    return new YamlNode.Mapping(user.line(), merged);
  }

  /** One key's value; what is left empty says nothing, {@code null} that there is to be none. */
  private static YamlNode override(String key, YamlNode preset, YamlNode user) {
    if (user instanceof YamlNode.Scalar scalar && scalar.plain() && scalar.text().isEmpty()) {
      return preset;
    }
    return preset instanceof YamlNode.Mapping under
            && user instanceof YamlNode.Mapping over
            && !isOtherKind(key, under, over)
        ? override(under, over)
        : user;
  }

  private static boolean isOtherKind(
      String section, YamlNode.Mapping under, YamlNode.Mapping over) {
    return switch (section) {
      case "model" -> NETWORK_KEYS.stream().anyMatch(over::has);
      case "augment" -> true;
      default -> over.has(Choice.KEY) && !text(over).equalsIgnoreCase(text(under));
    };
  }

  private static String text(YamlNode.Mapping section) {
    return section.get(Choice.KEY) instanceof YamlNode.Scalar scalar ? scalar.text() : "";
  }
}
