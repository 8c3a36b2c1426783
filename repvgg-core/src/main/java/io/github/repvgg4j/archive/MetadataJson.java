package io.github.repvgg4j.archive;

import io.github.repvgg4j.model.Branches;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** {@link ModelMetadata} as JSON, with the Jackson that nd4j-api carries: core needs no other. */
final class MetadataJson {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SCHEMA = 1;

  private MetadataJson() {}

  static byte[] write(ModelMetadata metadata) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("form", metadata.form().name());
    metadata.spec().ifPresent(spec -> root.set("spec", spec(spec)));
    root.set("labels", JSON.valueToTree(metadata.labels()));
    metadata
        .preprocessing()
        .ifPresent(
            p -> {
              ObjectNode node = root.putObject("preprocessing");
              node.set("mean", JSON.valueToTree(p.mean()));
              node.set("std", JSON.valueToTree(p.std()));
              node.put("cropFraction", p.cropFraction());
            });
    root.set("provenance", JSON.valueToTree(metadata.provenance()));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  private static ObjectNode spec(RepVggSpec spec) {
    ObjectNode node = JSON.createObjectNode();
    node.set("depths", JSON.valueToTree(spec.depths()));
    node.set("widths", JSON.valueToTree(spec.widths()));
    node.set("strides", JSON.valueToTree(spec.strides()));
    node.put("groups", spec.blockOptions().groups());
    node.put("squeezeExcitation", spec.blockOptions().squeezeExcitation());
    if (spec.blockOptions().branches() != Branches.ALL) {
      node.put("branches", spec.blockOptions().branches().name());
    }
    node.put("batchNormEps", spec.blockOptions().batchNormEps());
    node.put("numClasses", spec.numClasses());
    InputShape in = spec.input();
    node.set("input", JSON.valueToTree(List.of(in.channels(), in.height(), in.width())));
    return node;
  }

  /**
   * Fails with an {@link IllegalArgumentException} or {@link IOException} that names the bad key.
   */
  static ModelMetadata read(byte[] json) throws IOException {
    JsonNode root = JSON.readTree(json);
    int schema = root == null ? 0 : root.path("schema").asInt(0);
    if (schema != SCHEMA) {
      throw new IOException(
          "schema " + schema + " is unknown to this version (knows " + SCHEMA + ")");
    }
    return new ModelMetadata(
        ModelMetadata.Form.valueOf(root.path("form").asText()),
        Optional.ofNullable(root.get("spec")).map(MetadataJson::spec),
        list(root, "labels", JsonNode::asText),
        Optional.ofNullable(root.get("preprocessing")).map(MetadataJson::preprocessing),
        provenance(root.path("provenance")));
  }

  private static RepVggSpec spec(JsonNode node) {
    List<Integer> input = list(node, "input", JsonNode::asInt);
    if (input.size() != 3) {
      throw new IllegalArgumentException("spec.input: needs [C, H, W], got " + input);
    }
    return new RepVggSpec(
        list(node, "depths", JsonNode::asInt),
        list(node, "widths", JsonNode::asInt),
        list(node, "strides", JsonNode::asInt),
        new RepVggSpec.BlockOptions(
            node.path("groups").asInt(1),
            node.path("squeezeExcitation").asBoolean(false),
            Branches.valueOf(node.path("branches").asText(Branches.ALL.name())),
            node.path("batchNormEps").asDouble(RepVggGraphs.BN_EPS)),
        node.path("numClasses").asInt(),
        new InputShape(input.get(0), input.get(1), input.get(2)));
  }

  private static Preprocessing preprocessing(JsonNode node) {
    return new Preprocessing(
        list(node, "mean", JsonNode::asDouble),
        list(node, "std", JsonNode::asDouble),
        node.path("cropFraction").asDouble());
  }

  private static Map<String, String> provenance(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.fields().forEachRemaining(field -> map.put(field.getKey(), field.getValue().asText()));
    return map;
  }

  private static <T> List<T> list(JsonNode node, String key, Function<JsonNode, T> read) {
    List<T> values = new ArrayList<>();
    node.path(key).forEach(item -> values.add(read.apply(item)));
    return values;
  }
}
