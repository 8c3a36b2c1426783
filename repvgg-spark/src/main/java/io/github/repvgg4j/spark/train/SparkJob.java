package io.github.repvgg4j.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A YAML file of {@code repvgg-train} with a section {@code spark:}, which may be missing.
 *
 * @param training what one machine would do
 * @param spark how it is spread
 */
public record SparkJob(TrainConfig training, SparkConfig spark) {

  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * @throws ConfigException one line: file, key, fault
   */
  public static SparkJob read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": no such file");
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage());
    }
  }

  /**
   * @param name for messages
   */
  public static SparkJob parse(String name, String yaml) {
    try {
      JsonNode root = YAML.readTree(yaml);
      if (!(root instanceof ObjectNode keys) || !keys.has("spark")) {
        return new SparkJob(ConfigFiles.parse(name, yaml), SparkConfig.DEFAULT);
      }
      JsonNode section = keys.remove("spark");
      TrainConfig training = ConfigFiles.parse(name, YAML.writeValueAsString(keys));
      return new SparkJob(
          training,
          section.isNull() ? SparkConfig.DEFAULT : YAML.treeToValue(section, SparkConfig.class));
    } catch (JsonMappingException e) {
      String key = e.getPath().isEmpty() ? "" : "." + e.getPath().get(0).getFieldName();
      String fault = e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage();
      throw new ConfigException(name + ": spark" + key + ": " + firstLine(fault));
    } catch (JsonProcessingException e) {
      throw new ConfigException(name + ": " + firstLine(e.getOriginalMessage()));
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
