package io.github.repvgg4j.train.config;

import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.util.Map;
import java.util.Optional;

/**
 * What a command line says of a job, so that its file need not.
 *
 * @param data where the images are, instead of data.path and data.generated
 * @param folder of the run, instead of output.folder
 */
public record Overrides(Optional<String> data, Optional<String> folder) {

  public static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty());

  /** The file as if it said so. */
  public YamlFile over(YamlFile file) {
    YamlNode.Mapping keys = file.keys();
    if (data.isPresent()) {
      keys = with(with(keys, "data", "generated", null), "data", "path", data.get());
    }
    if (folder.isPresent()) {
      keys = with(keys, "output", "folder", folder.get());
    }
    return new YamlFile(file.name(), keys);
  }

  /** A section that is no section is left to be refused. */
  private static YamlNode.Mapping with(
      YamlNode.Mapping keys, String section, String key, String value) {
    YamlNode given =
        keys.has(section) ? keys.get(section) : new YamlNode.Mapping(keys.line(), Map.of());
    return given instanceof YamlNode.Mapping mapping
        ? keys.with(
            section, mapping.with(key, value == null ? null : new YamlNode.Scalar(0, value, false)))
        : keys;
  }
}
