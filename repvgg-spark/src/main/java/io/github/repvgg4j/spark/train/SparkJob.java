package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.Overrides;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.yaml.RecordReader;
import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.nio.file.Path;

/**
 * A YAML file of {@code repvgg-train} with a section {@code spark:}, which may be missing.
 *
 * @param training what one machine would do
 * @param spark how it is spread
 */
public record SparkJob(TrainConfig training, SparkConfig spark) {

  private static final String SECTION = "spark";

  /**
   * @throws ConfigException one line: file, key, fault, line
   */
  public static SparkJob read(Path file) {
    return read(file, Overrides.NONE);
  }

  /**
   * The same, with what a command line says in place of the file.
   *
   * @throws ConfigException one line: file, key, fault, line
   */
  public static SparkJob read(Path file, Overrides overrides) {
    try {
      return of(overrides.over(YamlFile.read(file)));
    } catch (YamlException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /**
   * @param name for messages
   * @throws ConfigException one line: name, key, fault, line
   */
  public static SparkJob parse(String name, String yaml) {
    try {
      return of(YamlFile.parse(name, yaml));
    } catch (YamlException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  private static SparkJob of(YamlFile file) {
    return new SparkJob(ConfigFiles.of(file), section(file));
  }

  private static SparkConfig section(YamlFile file) {
    YamlNode section = file.keys().get(SECTION);
    if (section == null || YamlNode.isNull(section)) {
      return SparkConfig.DEFAULT;
    }
    if (section instanceof YamlNode.Mapping keys) {
      return RecordReader.read(file.name(), keys, SECTION, SparkConfig.class);
    }
    throw new YamlException(
        file.name()
            + ": spark: must have keys below it, such as workers:; got "
            + section.kind()
            + " (line "
            + section.line()
            + ")");
  }
}
