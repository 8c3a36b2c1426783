package io.github.repvgg4j.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** {@link ModelMetadata} as Writing.JSON. */
public final class MetadataJson {

  private static final int SCHEMA = 1;

  /** Of networks of other blocks than RepVGG's, which versions before would take for RepVGGs. */
  private static final int SCHEMA_WITH_BLOCKS = 2;

  /** Only writing needs it, and readers start quicker without. */
  private static final class Writing {
    private static final ObjectMapper JSON = new ObjectMapper();
  }

  private MetadataJson() {}

  /** UTF-8, for the entry {@link ModelArchive#METADATA}. */
  public static byte[] write(ModelMetadata metadata) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", metadata.spec().map(MetadataJson::schema).orElse(SCHEMA));
    root.put("form", metadata.form().name());
    metadata.spec().ifPresent(spec -> root.set("spec", spec(spec)));
    root.set("labels", Writing.JSON.valueToTree(metadata.labels()));
    metadata
        .preprocessing()
        .ifPresent(
            p -> {
              ObjectNode node = root.putObject("preprocessing");
              node.set("mean", Writing.JSON.valueToTree(p.mean()));
              node.set("std", Writing.JSON.valueToTree(p.std()));
              node.put("cropFraction", p.cropFraction());
            });
    root.set("provenance", Writing.JSON.valueToTree(metadata.provenance()));
    return Writing.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  private static int schema(RepVggSpec spec) {
    return spec.blockOptions().kind() == BlockKind.REPVGG ? SCHEMA : SCHEMA_WITH_BLOCKS;
  }

  private static ObjectNode spec(RepVggSpec spec) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("depths", Writing.JSON.valueToTree(spec.depths()));
    node.set("widths", Writing.JSON.valueToTree(spec.widths()));
    node.set("strides", Writing.JSON.valueToTree(spec.strides()));
    node.put("groups", spec.blockOptions().groups());
    node.put("squeezeExcitation", spec.blockOptions().squeezeExcitation());
    if (spec.blockOptions().branches() != Branches.ALL) {
      node.put("branches", spec.blockOptions().branches().name());
    }
    if (spec.blockOptions().kind() != BlockKind.REPVGG) {
      node.put("block", spec.blockOptions().kind().name());
      node.put("convolutions", spec.blockOptions().structure().convolutions());
    }
    node.put("batchNormEps", spec.blockOptions().batchNormEps());
    if (spec.blockOptions().downsample() != Downsample.STRIDE) {
      node.put("downsample", spec.blockOptions().downsample().name());
    }
    node.put("numClasses", spec.numClasses());
    InputShape in = spec.input();
    node.set("input", Writing.JSON.valueToTree(List.of(in.channels(), in.height(), in.width())));
    return node;
  }

  /**
   * Fails with an {@link IllegalArgumentException} or {@link IOException} that names the bad key.
   */
  static ModelMetadata read(byte[] json) throws IOException {
    JsonNode root = tree(json);
    int schema = root.path("schema").asInt(0);
    if (schema != SCHEMA && schema != SCHEMA_WITH_BLOCKS) {
      throw new IOException(
          root.has("schema")
              ? String.format(
                  Locale.ROOT,
                  "schema %s is unknown to this version (knows up to %d); use a newer repvgg4j",
                  root.get("schema"),
                  SCHEMA_WITH_BLOCKS)
              : "has no schema number; it was damaged");
    }
    return new ModelMetadata(
        constant(root, "", "form", ModelMetadata.Form.class),
        section(root, "spec").map(MetadataJson::spec),
        list(root, "", "labels", "texts", JsonNode::isTextual, JsonNode::asText),
        section(root, "preprocessing").map(MetadataJson::preprocessing),
        provenance(root.path("provenance")));
  }

  private static JsonNode tree(byte[] json) throws IOException {
    JsonNode root = JsonTree.read(json);
    if (root.isObject()) {
      return root;
    }
    throw new IOException("holds no JSON object; it was damaged");
  }

  private static Optional<JsonNode> section(JsonNode root, String key) {
    JsonNode node = root.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException(key + ": must be an object, got " + node);
    }
    return Optional.of(node);
  }

  private static RepVggSpec spec(JsonNode node) {
    List<Integer> input = whole(node, "input");
    if (input.size() != 3) {
      throw new IllegalArgumentException("spec.input: needs [C, H, W], got " + input);
    }
    return new RepVggSpec(
        whole(node, "depths"),
        whole(node, "widths"),
        whole(node, "strides"),
        new RepVggSpec.BlockOptions(
            node.path("groups").asInt(1),
            node.path("squeezeExcitation").asBoolean(false),
            node.has("branches")
                ? constant(node, "spec.", "branches", Branches.class)
                : Branches.ALL,
            node.path("batchNormEps").asDouble(RepVggSpec.BATCH_NORM_EPS),
            node.has("downsample")
                ? constant(node, "spec.", "downsample", Downsample.class)
                : Downsample.STRIDE,
            structure(node)),
        node.path("numClasses").asInt(),
        new InputShape(input.get(0), input.get(1), input.get(2)));
  }

  private static Structure structure(JsonNode node) {
    if (!node.has("block")) {
      return Structure.REPVGG;
    }
    JsonNode convolutions = node.path("convolutions");
    if (!convolutions.isInt()) {
      throw new IllegalArgumentException(
          "spec.convolutions: must be a whole number, got "
              + (convolutions.isMissingNode() ? "nothing" : convolutions));
    }
    return new Structure(
        constant(node, "spec.", "block", BlockKind.class), convolutions.intValue());
  }

  private static Preprocessing preprocessing(JsonNode node) {
    return new Preprocessing(
        numbers(node, "mean"), numbers(node, "std"), node.path("cropFraction").asDouble());
  }

  private static Map<String, String> provenance(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.fields().forEachRemaining(field -> map.put(field.getKey(), field.getValue().asText()));
    return map;
  }

  private static <T extends Enum<T>> T constant(
      JsonNode node, String path, String key, Class<T> type) {
    for (T constant : type.getEnumConstants()) {
      if (constant.name().equals(node.path(key).asText())) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s%s: must be one of %s, got %s",
            path,
            key,
            Arrays.toString(type.getEnumConstants()),
            node.has(key) ? node.get(key) : "nothing"));
  }

  private static List<Integer> whole(JsonNode node, String key) {
    return list(node, "spec.", key, "whole numbers", JsonNode::isInt, JsonNode::asInt);
  }

  private static List<Double> numbers(JsonNode node, String key) {
    return list(node, "preprocessing.", key, "numbers", JsonNode::isNumber, JsonNode::asDouble);
  }

  private static <T> List<T> list(
      JsonNode node,
      String path,
      String key,
      String what,
      Predicate<JsonNode> fits,
      Function<JsonNode, T> read) {
    List<T> values = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!fits.test(item)) {
        throw new IllegalArgumentException(
            path + key + ": must be a list of " + what + ", got " + node.get(key));
      }
      values.add(read.apply(item));
    }
    return values;
  }
}
