package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.repvgg4j.backend.AccelerationMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads and writes {@link TrainConfig} as YAML. */
public final class ConfigFiles {

  private static final long MAX_BYTES = 1 << 20;
  private static final Pattern COERCED = Pattern.compile("value \\(\"([^\"]*)\"\\)");
  private static final ObjectMapper YAML = mapper();

  private ConfigFiles() {}

  private static ObjectMapper mapper() {
    SimpleModule enums = new SimpleModule();
    enums.addSerializer(new LowerCase());
    enums.addDeserializer(AccelerationMode.class, new ModeReader());
    ObjectMapper mapper =
        YAMLMapper.builder(
                YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .build())
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .addModule(enums)
            .addHandler(new HyphenatedEnums())
            .build();
    for (LogicalType type : new LogicalType[] {LogicalType.Integer, LogicalType.Boolean}) {
      mapper
          .coercionConfigFor(type)
          .setCoercion(CoercionInputShape.String, CoercionAction.Fail)
          .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
    }
    mapper
        .coercionConfigFor(LogicalType.Integer)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert);
    mapper
        .coercionConfigFor(LogicalType.Enum)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
    return mapper;
  }

  /** YAML takes a bare {@code off} for false. */
  private static final class ModeReader extends StdDeserializer<AccelerationMode> {
    private static final long serialVersionUID = 1L;

    ModeReader() {
      super(AccelerationMode.class);
    }

    @Override
    public AccelerationMode deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      String text = in.currentToken() == JsonToken.VALUE_FALSE ? "off" : in.getText();
      try {
        return AccelerationMode.of(text);
      } catch (IllegalArgumentException e) {
        throw InvalidFormatException.from(in, e.getMessage(), text, AccelerationMode.class);
      }
    }
  }

  /** {@code flip-translate} is {@code FLIP_TRANSLATE}. */
  private static final class HyphenatedEnums extends DeserializationProblemHandler {
    @Override
    public Object handleWeirdStringValue(
        DeserializationContext context, Class<?> type, String value, String failure) {
      if (type.isEnum()) {
        for (Object constant : type.getEnumConstants()) {
          if (written((Enum<?>) constant).equalsIgnoreCase(value)) {
            return constant;
          }
        }
      }
      return NOT_HANDLED;
    }
  }

  private static String written(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Enums as a user writes them. */
  @SuppressWarnings("rawtypes")
  private static final class LowerCase extends StdSerializer<Enum> {
    private static final long serialVersionUID = 1L;

    LowerCase() {
      super(Enum.class);
    }

    @Override
    public void serialize(Enum value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(written(value));
    }
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException one line: file, key path, fault, what is allowed
   */
  public static TrainConfig read(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
        throw new ConfigException(file + ": larger than a configuration can be");
      }
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
  public static TrainConfig parse(String name, String yaml) {
    try {
      TrainConfig config =
          YAML.readTree(yaml) instanceof ObjectNode keys && keys.hasNonNull("preset")
              ? YAML.treeToValue(withPreset(keys), TrainConfig.class)
              : YAML.readValue(yaml, TrainConfig.class);
      if (config == null) {
        throw new ConfigException(name + ": is empty; needs the keys model, data and output");
      }
      return config;
    } catch (JsonProcessingException e) {
      throw new ConfigException(name + ": " + explain(e));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name + ": " + e.getMessage());
    }
  }

  private static ObjectNode withPreset(ObjectNode keys) {
    return Presets.override(preset(keys.get("preset").asText()), keys);
  }

  /** The keys of a preset. */
  static ObjectNode preset(String name) {
    return Presets.read(YAML, name);
  }

  /** The configuration with all defaults, as YAML. */
  public static String write(TrainConfig config) {
    try {
      return YAML.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The configuration with all defaults, as a tree. */
  static ObjectNode tree(TrainConfig config) {
    return YAML.valueToTree(config);
  }

  /** Of a tree that is known to be right. */
  static TrainConfig of(ObjectNode tree) {
    try {
      return YAML.treeToValue(tree, TrainConfig.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String explain(JsonProcessingException e) {
    if (e instanceof ValueInstantiationException instantiation && e.getCause() != null) {
      String path = path(instantiation);
      return path + (path.isEmpty() ? "" : ".") + e.getCause().getMessage();
    }
    if (e instanceof PropertyBindingException unknown) {
      String known =
          unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList().toString();
      return path(unknown) + ": unknown key; known here: " + known;
    }
    if (e instanceof InvalidTypeIdException typeId) {
      return path(typeId) + ".type: " + firstClause(typeId.getOriginalMessage());
    }
    if (e instanceof MismatchedInputException mismatch) {
      return path(mismatch) + ": " + mismatch(mismatch);
    }
    String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
    return where + firstClause(e.getOriginalMessage());
  }

  private static String mismatch(MismatchedInputException e) {
    Class<?> target = e.getTargetType();
    Matcher coerced = COERCED.matcher(e.getOriginalMessage());
    String given = "";
    if (e instanceof InvalidFormatException invalid) {
      given = ", got '" + invalid.getValue() + "'";
    } else if (coerced.find()) {
      given = ", got '" + coerced.group(1) + "'";
    }
    if (target != null && target.isEnum()) {
      String names =
          Arrays.stream(target.getEnumConstants())
              .map(value -> written((Enum<?>) value))
              .collect(Collectors.joining(", "));
      return "must be one of " + names + given;
    }
    if (target == Integer.class || target == Long.class) {
      return "must be a whole number" + given;
    }
    if (target == Double.class) {
      return "must be a number" + given;
    }
    if (target == Boolean.class) {
      return "must be true or false" + given;
    }
    return firstClause(e.getOriginalMessage());
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  /** Jackson adds class names and sources after the first line or clause. */
  private static String firstClause(String message) {
    return message.lines().findFirst().orElse("").replaceAll("`[^`]*\\.([A-Za-z]+)`", "$1");
  }
}
