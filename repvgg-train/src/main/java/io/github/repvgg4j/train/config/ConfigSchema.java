package io.github.repvgg4j.train.config;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.yaml.Choice;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Words;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The JSON Schema (draft 7, which editors know) of a configuration, made of the records that read
 * it and of their {@link Limit}s. What depends on several keys is checked by the program alone, but
 * for the keys that have to be there.
 */
public final class ConfigSchema {

  /** Sections that every file has. */
  private static final List<String> NEEDED = List.of("data", "output");

  private static final int GREY = 1;
  private static final int RGB = 3;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final KeyDocs docs = KeyDocs.load();

  private ConfigSchema() {}

  /** As text, with a line break at its end. */
  public static String text() {
    return JsonMapper.builder().build().valueToTree(new ConfigSchema().root()).toPrettyString()
        + "\n";
  }

  private ObjectNode root() {
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", "A training job of repvgg4j");
    root.setAll(section("", TrainConfig.class));
    ObjectNode properties = (ObjectNode) root.get("properties");
    List<String> presets = new ArrayList<>(Presets.NAMES);
    presets.add(AutoPreset.NAME);
    words((ObjectNode) properties.get("preset"), presets);
    orNull((ObjectNode) properties.get("preset"));
    ObjectNode spark = properties.putObject(ConfigFiles.SPARK);
    spark.putArray("type").add("object").add("null");
    spark.put("description", "How repvgg-spark spreads the job; one machine passes it over.");
    ObjectNode aside = root.putObject("patternProperties").putObject("^" + ConfigFiles.ASIDE);
    aside.put("description", "A place for anchors; read by nothing.");
    NEEDED.forEach(key -> present(root, key));
    complete(root);
    channels(root);
    return root;
  }

  /** A preset brings what a file without one has to say itself. */
  private static void complete(ObjectNode root) {
    present(root.putObject("if").putObject("not"), "preset");
    ObjectNode then = JSON.objectNode();
    ArrayNode networks = then.putObject("properties").putObject("model").putArray("anyOf");
    present(networks.addObject(), "variant");
    present(networks.addObject(), "depths", "widths");
    ObjectNode optimizer = present(JSON.objectNode(), Choice.KEY);
    ((ObjectNode) then.get("properties"))
        .putObject("training")
        .putObject("properties")
        .set("optimizer", optimizer);
    root.set("then", present(then, "model"));
  }

  /** Images are grey or RGB, and mean and deviation are given for each channel. */
  private static void channels(ObjectNode root) {
    ObjectNode input = (ObjectNode) root.at("/properties/model/properties/input");
    ObjectNode side = (ObjectNode) input.get("items");
    ArrayNode items = input.putArray("items");
    items.add(side.deepCopy()).add(side).add(side.deepCopy());
    ((ObjectNode) items.get(0)).putArray("enum").add(GREY).add(RGB);
    ObjectNode rule = root.putArray("allOf").addObject();
    ObjectNode grey = present(rule.putObject("if"), "model");
    ObjectNode model = present((ObjectNode) grey.at("/properties/model"), "input");
    ObjectNode given = (ObjectNode) model.at("/properties/input");
    given.put("type", "array").putArray("items").addObject().put("const", GREY);
    rule.set("then", numbersAChannel(GREY));
    rule.set("else", numbersAChannel(RGB));
  }

  private static ObjectNode numbersAChannel(int channels) {
    ObjectNode rule = JSON.objectNode();
    ObjectNode data = rule.putObject("properties").putObject("data").putObject("properties");
    for (String key : List.of("mean", "std")) {
      data.putObject(key).put("minItems", channels).put("maxItems", channels);
    }
    return rule;
  }

  private ObjectNode section(String path, Class<?> record) {
    ObjectNode section = JSON.objectNode();
    section.put("type", "object");
    section.put("additionalProperties", false);
    ObjectNode properties = section.putObject("properties");
    for (RecordComponent component : record.getRecordComponents()) {
      String key = component.getName();
      Limit limit = component.getAnnotation(Limit.class);
      String below = path.isEmpty() ? key : path + "." + key;
      ObjectNode value = value(below, component.getGenericType(), limit);
      docs.of(below).ifPresent(text -> value.put("description", text));
      properties.set(key, value);
      if (limit != null && limit.required()) {
        section.withArray("required").add(key);
      } else if (!(record == TrainConfig.class && NEEDED.contains(key))) {
        orNull(value);
      }
    }
    if (record == DataConfig.class) {
      ArrayNode places = section.putArray("anyOf");
      DataConfig.PLACES.forEach(key -> present(places.addObject(), key));
    }
    if (record == ScheduleConfig.class) {
      ObjectNode multistep = section.putObject("if");
      words(multistep.putObject("properties").putObject("type"), List.of("multistep"));
      multistep.putArray("required").add("type");
      ArrayNode steps = section.putObject("then").putArray("anyOf");
      for (String key : List.of("milestones", "milestoneIterations")) {
        ObjectNode one = steps.addObject();
        present(one, key);
        ((ObjectNode) one.at("/properties/" + key)).put("minItems", 1);
      }
    }
    return section;
  }

  private ObjectNode value(String path, Type type, Limit limit) {
    if (type instanceof ParameterizedType list) {
      return list(path, list.getActualTypeArguments()[0], limit);
    }
    Class<?> target = (Class<?>) type;
    if (target.isRecord()) {
      return section(path, target);
    }
    ObjectNode value = JSON.objectNode();
    if (target.isSealed()) {
      ArrayNode options = value.putArray("anyOf");
      Arrays.stream(target.getPermittedSubclasses()).forEach(o -> options.add(option(path, o)));
    } else if (target.isEnum()) {
      words(value, Words.of(target));
    } else if (path.equals("model.variant")) {
      words(value, Arrays.stream(RepVggVariant.values()).map(RepVggVariant::label).toList());
      ObjectNode either = (ObjectNode) value.get("anyOf").get(1);
      either.put("pattern", either.get("pattern").asText().replace("^(", "^(RepVGG[-_]?)?("));
    } else if (target == String.class) {
      value.putArray("type").add("string").add("number").add("boolean");
    } else if (target == Boolean.class) {
      value.putArray("type").add("boolean");
    } else {
      value.putArray("type").add(target == Double.class ? "number" : "integer");
      bounds(value, target, limit);
    }
    return value;
  }

  private ObjectNode option(String path, Class<?> record) {
    ObjectNode section = section(path, record);
    words(
        ((ObjectNode) section.get("properties")).putObject(Choice.KEY),
        List.of(record.getAnnotation(Choice.class).value()));
    return section;
  }

  private ObjectNode list(String path, Type item, Limit limit) {
    ObjectNode list = JSON.objectNode();
    list.putArray("type").add("array");
    list.set("items", value(path, item, limit));
    if (limit != null && limit.size() >= 0) {
      list.put("minItems", limit.size());
      list.put("maxItems", limit.size());
    } else if (limit != null && limit.minSize() > 0) {
      list.put("minItems", limit.minSize());
    }
    return list;
  }

  private static void bounds(ObjectNode value, Class<?> type, Limit limit) {
    if (type == Integer.class) {
      value.put("minimum", Integer.MIN_VALUE);
      value.put("maximum", Integer.MAX_VALUE);
    } else if (type == Long.class) {
      value.put("minimum", Long.MIN_VALUE);
      value.put("maximum", Long.MAX_VALUE);
    }
    if (limit != null) {
      bound(value, type, "minimum", limit.min());
      bound(value, type, "exclusiveMinimum", limit.above());
      bound(value, type, "maximum", limit.max());
      bound(value, type, "exclusiveMaximum", limit.below());
    }
  }

  private static void bound(ObjectNode value, Class<?> type, String name, double bound) {
    if (type == Double.class && !Double.isInfinite(bound)) {
      value.put(name, bound);
    } else if (!Double.isInfinite(bound)) {
      value.put(name, (long) bound);
    }
  }

  /** Words in any case: the first list is what an editor offers. */
  private static void words(ObjectNode value, List<String> words) {
    value.remove("type");
    ArrayNode either = value.putArray("anyOf");
    ArrayNode offered = either.addObject().putArray("enum");
    words.forEach(offered::add);
    StringBuilder anyCase = new StringBuilder();
    for (String word : words) {
      anyCase.append(anyCase.isEmpty() ? "" : "|");
      word.chars().forEach(c -> anyCase.append(anyCase((char) c)));
    }
    either.addObject().put("type", "string").put("pattern", "^(" + anyCase + ")$");
  }

  private static String anyCase(char c) {
    if (c == '-') {
      return "[-_]";
    }
    return Character.isLetter(c)
        ? "[" + Character.toLowerCase(c) + Character.toUpperCase(c) + "]"
        : String.valueOf(c);
  }

  /** A key without a value counts as missing. */
  private static void orNull(ObjectNode value) {
    if (value.has("anyOf") && !value.has("type")) {
      value.withArray("anyOf").addObject().put("type", "null");
    } else if (value.get("type") instanceof ArrayNode types) {
      types.add("null");
    } else {
      value.putArray("type").add("object").add("null");
    }
  }

  /** The keys are there, with a value. */
  private static ObjectNode present(ObjectNode schema, String... keys) {
    ArrayNode required = schema.withArray("required");
    ObjectNode properties = schema.withObjectProperty("properties");
    for (String key : keys) {
      required.add(key);
      if (!properties.has(key)) {
        properties.putObject(key).putObject("not").put("type", "null");
      }
    }
    return schema;
  }
}
