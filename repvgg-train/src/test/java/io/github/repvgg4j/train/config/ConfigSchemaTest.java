package io.github.repvgg4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.github.repvgg4j.yaml.Choice;
import io.github.repvgg4j.yaml.Limit;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema says what the program says; the judge is a validator of its own. */
class ConfigSchemaTest {

  private static final Path COMMITTED = Path.of("..", "docs", "config.schema.json");
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(ConfigSchema.text());

  /** {@code -Dschema.write} writes it anew. */
  @Test
  void committedSchemaIsCurrent() throws IOException {
    if (System.getProperty("schema.write") != null) {
      Files.writeString(COMMITTED, ConfigSchema.text());
    }
    assertThat(ConfigSchema.text()).isEqualTo(Files.readString(COMMITTED));
  }

  @Test
  void configurationsOfTheProjectAreValid() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("..", "configs"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        assertThat(faults(Files.readString(file))).as("%s", file).isEmpty();
        assertThat(faults(ConfigFiles.write(ConfigFiles.read(file)))).as("%s", file).isEmpty();
      }
    }
  }

  private static final String REST =
      "model: {variant: A0}\ndata: {path: images}\noutput: {folder: runs/x}\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "data: {path: a}\noutput: {folder: b}",
        "model: {depths: [1, 1, 1, 1]}\ndata: {path: a}\noutput: {folder: b}",
        "model: {variant: A0}\ndata: {}\noutput: {folder: b}",
        "model: {variant: A0}\ndata: {path: a}\noutput: {}",
        REST + "training: {optimizer: {momentum: 0.9}}",
        REST + "training: {optimizer: {type: adamw, momentum: 0.9}}",
        REST + "training: {epoch: 2}",
        REST + "training: [2]",
        REST + "epochs: 2",
        "preset: paper\n" + REST
      })
  void brokenOnesAreRefusedByBoth(String yaml) throws IOException {
    assertThat(faults(yaml)).isNotEmpty();
    assertThat(accepted(yaml)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        REST,
        "preset: Cifar_Hour\ndata: {path: a}\noutput: {folder: b}",
        "preset: cifar-hour\ndata: {path: a}\noutput: {folder: b}",
        "preset: b3-200\n" + REST + "training: {optimizer: {weightDecay: 5e-4}}",
        "x-short: &s {epochs: 2}\nspark: {workers: 2}\n" + REST,
        REST + "training:\nbackend: {accelerate: Off}",
        "model: {variant: RepVGG-b1G4}\ndata: {path: 2024}\noutput: {folder: b}",
        REST + "training: {testTimeAveraging: FLIP_translate}"
      })
  void soundOnesAreTakenByBoth(String yaml) throws IOException {
    assertThat(faults(yaml)).isEmpty();
    assertThat(accepted(yaml)).isTrue();
  }

  static List<String> keys() {
    List<String> keys = new ArrayList<>();
    collect("", TrainConfig.class, keys);
    keys.removeIf(key -> key.contains("rest#sgd.reparameterize")); // no section's rule: never taken
    return keys;
  }

  /** For every key: values of every kind, and, where it has bounds, on and beside each of them. */
  @ParameterizedTest
  @MethodSource("keys")
  void keyIsJudgedAlike(String key) throws IOException {
    for (String value : valuesOf(key)) {
      String yaml = around(key, value);
      assertThat(faults(yaml).isEmpty()).as(yaml).isEqualTo(accepted(yaml));
    }
  }

  @Test
  void everyKeyIsInTheSchemaAndInTheDocs() throws IOException {
    KeyDocs docs = KeyDocs.load();
    String page = Files.readString(Path.of("..", "docs", "training.md"));
    assertThat(keys()).hasSizeGreaterThan(60);
    for (String key : keys()) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      assertThat(
              docs.of(key).isPresent()
                  || page.contains("`" + name + "`")
                  || page.contains(name + ":"))
          .as("%s in docs/training.md", key)
          .isTrue();
    }
  }

  private static void collect(String path, Class<?> type, List<String> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = path.isEmpty() ? component.getName() : path + "." + component.getName();
      Class<?> item = item(component.getGenericType());
      if (item.isSealed()) {
        for (Class<?> option : item.getPermittedSubclasses()) {
          collect(key + "#" + option.getAnnotation(Choice.class).value(), option, keys);
        }
      } else if (item.isRecord()) {
        boolean list = component.getGenericType() instanceof ParameterizedType;
        collect(list ? key + "[]" : key, item, keys);
      } else {
        keys.add(key);
      }
    }
  }

  private static Class<?> item(Type type) {
    return (Class<?>) (type instanceof ParameterizedType p ? p.getActualTypeArguments()[0] : type);
  }

  private static RecordComponent component(String key) {
    Class<?> type = TrainConfig.class;
    RecordComponent found = null;
    for (String step : key.split("\\.")) {
      String name = step.replaceAll("[#\\[].*", "");
      for (RecordComponent component : type.getRecordComponents()) {
        found = component.getName().equals(name) ? component : found;
      }
      type = item(found.getGenericType());
      if (type.isSealed()) {
        String choice = step.substring(step.indexOf('#') + 1);
        type =
            Stream.of(type.getPermittedSubclasses())
                .filter(o -> o.getAnnotation(Choice.class).value().equals(choice))
                .findFirst()
                .orElseThrow();
      }
    }
    return found;
  }

  private static List<String> valuesOf(String key) {
    RecordComponent component = component(key);
    List<String> values =
        new ArrayList<>(
            List.of("", "{}", "[]", "true", "word", "'3'", "0", "1", "-1", "0.5", "1e99", "[x]"));
    Class<?> item = item(component.getGenericType());
    if (item.isEnum()) {
      for (Object constant : item.getEnumConstants()) {
        String name = ((Enum<?>) constant).name();
        values.addAll(
            List.of(name, name.toLowerCase(Locale.ROOT), name.replace('_', '-'), name + "x"));
      }
    }
    Limit limit = component.getAnnotation(Limit.class);
    if (limit != null) {
      for (double bound : new double[] {limit.min(), limit.above(), limit.max(), limit.below()}) {
        if (!Double.isInfinite(bound)) {
          beside(item, bound).forEach(values::add);
        }
      }
      for (int size = 1; size <= 6; size++) {
        values.add("[" + "2, ".repeat(size - 1) + "2]");
        values.add("[" + "2, ".repeat(size - 1) + "0]");
      }
    }
    return values;
  }

  private static List<String> beside(Class<?> type, double bound) {
    return type == Double.class
        ? List.of(
            Double.toString(bound),
            Double.toString(Math.nextUp(bound)),
            Double.toString(Math.nextDown(bound)))
        : Stream.of(-1, 0, 1).map(i -> Long.toString((long) bound + i)).toList();
  }

  /** A sound configuration but for this key. */
  private static String around(String key, String value) {
    String[] steps = key.split("\\.");
    if (steps.length == 1) {
      return key + ": " + value + "\n" + REST;
    }
    Map<String, String> sections =
        new java.util.LinkedHashMap<>(
            Map.of("model", "{variant: A0}", "data", "{path: a}", "output", "{folder: b}"));
    if (key.contains("reparameterize")) {
      sections.put("model", "{variant: A0, block: plain}");
    }
    String rate = key.equals("training.schedule.floor") ? ", learningRate: 1e300" : "";
    sections.put(steps[0], "{" + inside(steps, 1, value) + base(steps) + rate + "}");
    StringBuilder yaml = new StringBuilder();
    sections.forEach(
        (section, keys) -> yaml.append(section).append(": ").append(keys).append('\n'));
    return yaml.toString();
  }

  private static String inside(String[] steps, int at, String value) {
    String name = steps[at].replaceAll("[#\\[].*", "");
    if (at == steps.length - 1) {
      String partner = // what has to fit it
          switch (String.join(".", steps)) {
            case "data.mean" -> value.startsWith("[") ? ", std: " + value : "";
            case "data.std" -> value.startsWith("[") ? ", mean: " + value : "";
            case "data.augment.erasing.minScale" -> ", maxScale: 1";
            case "data.augment.erasing.maxScale" -> ", minScale: 1e-6";
            case "model.convolutions" -> ", block: mobileone";
            case "data.augment.padding", "data.augment.fill" -> ", crop: padded";
            case "data.augment.minScale" -> ", crop: resized";
            case "data.augment.policyOps", "data.augment.policyMagnitude" ->
                ", policy: randaugment";
            case "data.augment.policyFill" -> ", policy: trivialaugment";
            case "training.schedule.every",
                "training.schedule.everyIterations",
                "training.schedule.gamma" ->
                ", type: step";
            case "training.schedule.milestones", "training.schedule.milestoneIterations" ->
                value.matches("|\\[]") ? "" : ", type: multistep";
            case "training.schedule.power" -> ", type: polynomial";
            case "training.schedule.rise" -> ", type: onecycle";
            case "training.schedule.start", "training.schedule.peak", "training.schedule.end" ->
                ", type: triangle";
            default -> "";
          };
      return name + ": " + value + partner;
    }
    String below = inside(steps, at + 1, value);
    if (steps[at].endsWith("[]")) {
      String other = steps[at + 1].equals("side") ? ", untilEpoch: 2" : ", side: 24";
      return name + ": [{" + below + other + "}]";
    }
    String more = steps[at].contains("#") ? ", type: " + steps[at].replaceAll(".*#", "") : "";
    more += more.endsWith("dl4j") && !below.startsWith("updater") ? ", updater: Adam" : "";
    boolean another = name.equals("fineTune") || name.equals("reparameterize");
    more += another && !below.startsWith("from") ? ", from: a.zip" : "";
    return name + ": {" + below + more + "}";
  }

  private static String base(String[] steps) {
    return switch (steps[0]) {
      case "model" ->
          steps[1].equals("variant") || steps[1].equals("numClasses") || steps[1].equals("input")
              ? steps[1].equals("variant") ? "" : ", variant: A0"
              : (steps[1].equals("depths") ? "" : ", depths: [1, 1, 1, 1]")
                  + (steps[1].equals("widths") ? "" : ", widths: [16, 16, 16, 16, 16]");
      case "data" -> steps[1].equals("path") ? "" : ", path: a";
      default -> "";
    };
  }

  private static List<String> faults(String yaml) throws IOException {
    JsonNode tree =
        new YAMLMapper()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS) // as YAML 1.2
            .readTree(yaml);
    return SCHEMA.validate(tree).stream().map(Object::toString).toList();
  }

  private static boolean accepted(String yaml) {
    try {
      ConfigFiles.parse("job.yaml", yaml);
      return true;
    } catch (ConfigException e) {
      assertThat(e.getMessage()).hasLineCount(1).startsWith("job.yaml: ").doesNotContain("null");
      return false;
    }
  }
}
