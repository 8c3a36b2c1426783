package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.repvgg4j.yaml.Choice;
import io.github.repvgg4j.yaml.RecordReader;
import io.github.repvgg4j.yaml.Words;
import io.github.repvgg4j.yaml.YamlException;
import io.github.repvgg4j.yaml.YamlFile;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes {@link TrainConfig} as YAML. */
public final class ConfigFiles {

  /** Top-level keys with this prefix hold anchors for aliases and mean nothing else. */
  static final String ASIDE = "x-";

  /** The section that repvgg-spark reads and one machine passes over. */
  static final String SPARK = "spark";

  private static final ObjectMapper WRITER = writer();

  private ConfigFiles() {}

  private static ObjectMapper writer() {
    SimpleModule enums = new SimpleModule();
    enums.addSerializer(new EnumWriter());
    ObjectMapper mapper =
        YAMLMapper.builder(
                YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .build())
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .addModule(enums)
            .build();
    for (Class<?> choice : List.of(OptimizerConfig.class, OptimizerConfig.Rest.class)) {
      for (Class<?> one : choice.getPermittedSubclasses()) {
        mapper.registerSubtypes(new NamedType(one, one.getAnnotation(Choice.class).value()));
      }
    }
    return mapper;
  }

  /** Enums as a user writes them. */
  @SuppressWarnings("rawtypes")
  private static final class EnumWriter extends StdSerializer<Enum> {
    private static final long serialVersionUID = 1L;

    EnumWriter() {
      super(Enum.class);
    }

    @Override
    public void serialize(Enum value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(Words.of(value));
    }
  }

  /**
   * Reads a file; {@code preset: auto} looks at its images.
   *
   * @throws ConfigException one line: file, key path, fault, what is allowed, line
   */
  public static TrainConfig read(Path file) {
    return read(file, Overrides.NONE);
  }

  /**
   * The same, with what a command line says in place of the file.
   *
   * @throws ConfigException one line: file, key path, fault, what is allowed, line
   */
  public static TrainConfig read(Path file, Overrides overrides) {
    try {
      YamlFile yaml = overrides.over(YamlFile.read(file));
      return of(
          AutoPreset.isWanted(yaml.keys())
              ? new YamlFile(yaml.name(), AutoPreset.resolve(yaml.name(), yaml.keys()))
              : yaml);
    } catch (YamlException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /**
   * @param name for messages
   * @throws ConfigException one line: name, key path, fault, what is allowed, line
   */
  public static TrainConfig parse(String name, String yaml) {
    try {
      return of(YamlFile.parse(name, yaml));
    } catch (YamlException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /**
   * @throws YamlException one line: file, key path, fault, what is allowed, line
   */
  public static TrainConfig of(YamlFile file) {
    YamlNode.Mapping keys = file.keys();
    for (String key : file.keys().entries().keySet()) {
      if (key.equals(SPARK) || key.startsWith(ASIDE)) {
        keys = keys.with(key, null);
      }
    }
    if (AutoPreset.isWanted(keys)) {
      throw new YamlException(
          file.name()
              + ": preset: auto looks at the images on this machine and can't here; name one of "
              + String.join(", ", Presets.NAMES));
    }
    if (keys.has("preset")) {
      keys = Presets.read(file.name(), keys.get("preset")).override(keys);
    }
    return of(file.name(), keys);
  }

  static TrainConfig of(String name, YamlNode.Mapping keys) {
    return RecordReader.read(name, keys, "", TrainConfig.class);
  }

  /** The configuration with all defaults, as YAML. */
  public static String write(TrainConfig config) {
    try {
      return WRITER.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The configuration with all defaults, as keys. */
  static YamlNode.Mapping tree(TrainConfig config) {
    return YamlFile.parse("configuration", write(config)).keys();
  }
}
