package io.github.repvgg4j.train.config;

import static java.util.stream.Collectors.joining;

import io.github.repvgg4j.yaml.YamlNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A key that two configurations answer differently.
 *
 * @param key its path, such as {@code training.optimizer.momentum}
 * @param usual what the first says; "-" where it says nothing
 * @param actual what the second says; "-" where it says nothing
 */
public record ConfigDifference(String key, String usual, String actual) {

  private static final String ABSENT = "-";
  private static final int NAMED = 3;

  /**
   * What may change when a run goes on: places, threads, memory, what is kept, and what becomes of
   * bad images, of which a run that fails by them has seen none.
   */
  static final Set<String> CHANGEABLE =
      Set.of(
          "output.folder",
          "output.tensorboard",
          "data.path",
          "data.threads",
          "data.cacheMiB",
          "data.onBadImage",
          "training.keepCheckpoints",
          "training.checkpointMinutes",
          "training.fineTune.from",
          "training.teacher.path",
          "training.optimizer.reparameterize.from");

  /** All keys of a configuration with all defaults, as text. */
  public static Map<String, String> leaves(TrainConfig config) {
    Map<String, String> leaves = new LinkedHashMap<>();
    collect("", ConfigFiles.tree(config), leaves);
    return leaves;
  }

  /**
   * What a configuration changes of its preset, or of the defaults where it names none. Where the
   * data lies and where the run goes are no differences, nor is a network that the preset leaves
   * open.
   */
  public static List<ConfigDifference> of(TrainConfig config) {
    YamlNode.Mapping usual = ConfigFiles.tree(config).with("training", null).with("backend", null);
    usual = usual.with("data", retain((YamlNode.Mapping) usual.get("data"), DataConfig.PLACES));
    if (config.preset() != null) {
      Presets preset = Presets.read(config.preset());
      if (preset.keys().has("model")) {
        usual = usual.with("model", null);
      }
      usual = preset.override(usual);
    }
    return between(leaves(ConfigFiles.of("preset", usual)), leaves(config));
  }

  /**
   * In what a configuration differs from the one that a run wrote, in words for a refusal, such as
   * {@code training.epochs is 4, it was 2}; where the data lies does not count.
   *
   * @param written config.yaml of the run
   * @return empty where there is no difference, or the file can't be read
   */
  public static Optional<String> sinceRun(Path written, TrainConfig config) {
    try {
      List<ConfigDifference> all =
          between(leaves(ConfigFiles.read(written)), leaves(config)).stream()
              .filter(difference -> !CHANGEABLE.contains(difference.key))
              .toList();
      String some =
          all.stream()
              .limit(NAMED)
              .map(d -> d.key + " is " + d.actual + ", it was " + d.usual)
              .collect(joining("; "));
      String more = all.size() > NAMED ? "; and " + (all.size() - NAMED) + " more" : "";
      return all.isEmpty() ? Optional.empty() : Optional.of(some + more);
    } catch (ConfigException e) {
      return Optional.empty();
    }
  }

  static List<ConfigDifference> between(Map<String, String> usual, Map<String, String> actual) {
    Set<String> keys = new LinkedHashSet<>(actual.keySet());
    keys.addAll(usual.keySet());
    List<ConfigDifference> differences = new ArrayList<>();
    for (String key : keys) {
      String before = usual.getOrDefault(key, ABSENT);
      String after = actual.getOrDefault(key, ABSENT);
      if (!before.equals(after)) {
        differences.add(new ConfigDifference(key, before, after));
      }
    }
    return differences;
  }

  private static YamlNode.Mapping retain(YamlNode.Mapping section, List<String> keys) {
    Map<String, YamlNode> entries = new LinkedHashMap<>(section.entries());
    entries.keySet().retainAll(keys);
    return new YamlNode.Mapping(section.line(), entries);
  }

  private static void collect(String path, YamlNode node, Map<String, String> leaves) {
    if (node instanceof YamlNode.Mapping mapping) {
      mapping
          .entries()
          .forEach((key, value) -> collect(path.isEmpty() ? key : path + "." + key, value, leaves));
    } else if (!YamlNode.isNull(node)) {
      leaves.put(path, text(node));
    }
  }

  private static String text(YamlNode node) {
    if (node instanceof YamlNode.Sequence list) {
      return list.items().stream().map(ConfigDifference::text).collect(joining(",", "[", "]"));
    }
    if (node instanceof YamlNode.Mapping mapping) {
      return mapping.entries().entrySet().stream()
          .map(entry -> entry.getKey() + ": " + text(entry.getValue()))
          .collect(joining(", ", "{", "}"));
    }
    return ((YamlNode.Scalar) node).text();
  }
}
