package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Frozen recipes by name: YAML resources beside this class, under the keys of a user's file. */
final class Presets {

  /** As {@code preset:} takes them. */
  static final List<String> NAMES =
      List.of("reference-120", "reference-300", "b3-200", "cifar-hour");

  private static final List<String> NETWORK_KEYS = List.of("variant", "depths", "widths");

  private Presets() {}

  /**
   * The preset's keys.
   *
   * @throws IllegalArgumentException for an unknown name, with the known ones
   */
  static ObjectNode read(ObjectMapper yaml, String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "preset: must be one of " + String.join(", ", NAMES) + ", got '" + name + "'");
    }
    try (InputStream in = Presets.class.getResourceAsStream(name + ".yaml")) {
      return (ObjectNode) yaml.readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException("preset " + name, e);
    }
  }

  /**
   * Puts a user's keys over a preset's, section by section. What names another kind replaces the
   * whole section: {@code type} of an optimizer or schedule, {@code variant}, {@code depths} or
   * {@code widths} of the model.
   */
  static ObjectNode override(ObjectNode preset, ObjectNode user) {
    ObjectNode merged = preset.deepCopy();
    user.properties()
        .forEach(
            entry -> {
              JsonNode below = merged.get(entry.getKey());
              JsonNode above = entry.getValue();
              merged.set(
                  entry.getKey(),
                  below instanceof ObjectNode under
                          && above instanceof ObjectNode over
                          && !isOtherKind(entry.getKey(), under, over)
                      ? override(under, over)
                      : above);
            });
    return merged;
  }

  private static boolean isOtherKind(String section, ObjectNode under, ObjectNode over) {
    return section.equals("model")
        ? NETWORK_KEYS.stream().anyMatch(over::has)
        : over.has("type") && !over.get("type").equals(under.get("type"));
  }
}
