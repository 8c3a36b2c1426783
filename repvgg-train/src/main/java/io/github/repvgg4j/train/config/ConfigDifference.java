package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
    ObjectNode usual = ConfigFiles.tree(config);
    usual.remove("training");
    usual.remove("backend");
    ((ObjectNode) usual.get("data")).retain("path", "generated");
    if (config.preset() != null) {
      ObjectNode preset = ConfigFiles.preset(config.preset());
      if (preset.has("model")) {
        usual.remove("model");
      }
      usual = Presets.override(preset, usual);
    }
    return between(leaves(ConfigFiles.of(usual)), leaves(config));
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

  private static void collect(String path, JsonNode node, Map<String, String> leaves) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              entry ->
                  collect(
                      path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                      entry.getValue(),
                      leaves));
    } else if (!node.isNull()) {
      leaves.put(path, node.isValueNode() ? node.asText() : node.toString());
    }
  }
}
