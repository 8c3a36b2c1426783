package io.github.repvgg4j.proof;

import io.github.repvgg4j.proof.Certificate.Inputs;
import io.github.repvgg4j.proof.Certificate.RegionProof;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.fuse.Grouped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.ObjectReader;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * {@link Certificate} as JSON, with the Jackson that nd4j-api carries. The field {@code seal} is
 * the sha256 of everything else, so that a damaged certificate is known as such.
 */
public final class CertificateJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** DL4J's input types write derived fields that they do not read. */
  private static final ObjectReader LENIENT =
      JSON.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final int SCHEMA = 1;
  private static final String SEAL = "seal";
  private static final String INTEGERS = "integers";

  private CertificateJson() {}

  /** UTF-8 text. */
  public static byte[] write(Certificate certificate) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("engineVersion", certificate.engineVersion());
    root.put("sourceHash", certificate.sourceHash());
    root.put("fusedHash", certificate.fusedHash());
    root.put("verdict", certificate.verdict().name());
    root.set("options", options(certificate.options()));
    certificate
        .inputs()
        .ifPresent(
            inputs -> {
              ObjectNode node = root.putObject("inputs");
              node.put("hash", inputs.hash());
              node.set("shape", JSON.valueToTree(inputs.shape()));
              node.put("origin", inputs.origin());
            });
    certificate.outputDifference().ifPresent(d -> root.put("outputDifference", d));
    ArrayNode regions = root.putArray("regions");
    certificate.regions().forEach(region -> regions.add(region(region)));
    root.set("refused", JSON.valueToTree(certificate.refused()));
    certificate.integers().ifPresent(hash -> root.put(INTEGERS, hash));
    root.put(SEAL, seal(root));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  private static ObjectNode options(FuseOptions options) {
    ObjectNode node = JSON.createObjectNode();
    node.put("grouped", options.grouped().name());
    node.put("maxCost", options.maxCost());
    ArrayNode types = node.putArray("inputTypes");
    options.inputTypes().forEach(type -> types.add(JSON.valueToTree(type)));
    return node;
  }

  private static FuseOptions options(JsonNode node) throws IOException {
    List<InputType> types = new ArrayList<>();
    for (JsonNode type : node.path("inputTypes")) {
      types.add(LENIENT.treeToValue(type, InputType.class));
    }
    try {
      return new FuseOptions(
          FuseOptions.Unfused.REPORT,
          Grouped.valueOf(node.path("grouped").asText()),
          node.path("maxCost").asDouble(),
          types);
    } catch (IllegalArgumentException e) {
      throw new IOException(Certificate.ENTRY + " has options that cannot be read", e);
    }
  }

  private static ObjectNode region(RegionProof region) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", region.name());
    node.set("members", JSON.valueToTree(region.members()));
    node.set("laws", JSON.valueToTree(region.laws()));
    node.put("kernelHash", region.kernelHash());
    node.put("provenBound", region.provenBound());
    node.put("estimatedBound", region.estimatedBound());
    region.measured().ifPresent(m -> node.put("measured", m));
    return node;
  }

  private static String seal(ObjectNode root) throws IOException {
    ObjectNode rest = root.deepCopy();
    rest.remove(SEAL);
    return ModelHash.of(JSON.writeValueAsBytes(rest));
  }

  /**
   * Reads and checks the seal.
   *
   * @throws IOException one line: what is wrong with the certificate
   */
  public static Certificate read(byte[] json) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException e) {
      throw new IOException(Certificate.ENTRY + " is not JSON; it was damaged", e);
    }
    if (!(root instanceof ObjectNode object) || root.path("schema").asInt() != SCHEMA) {
      throw new IOException(
          Certificate.ENTRY + " has a schema that this version does not know, or is damaged");
    }
    if (!seal(object).equals(root.path(SEAL).asText())) {
      throw new IOException(
          Certificate.ENTRY + " was altered after it was written: its seal does not match");
    }
    return new Certificate(
        root.path("engineVersion").asText(),
        root.path("sourceHash").asText(),
        root.path("fusedHash").asText(),
        options(root.path("options")),
        Optional.ofNullable(root.get("inputs")).map(CertificateJson::inputs),
        list(root, "regions", CertificateJson::regionProof),
        list(root, "refused", JsonNode::asText),
        number(root, "outputDifference"),
        Optional.ofNullable(root.get(INTEGERS)).map(JsonNode::asText));
  }

  private static Inputs inputs(JsonNode node) {
    return new Inputs(
        node.path("hash").asText(),
        list(node, "shape", JsonNode::asLong),
        node.path("origin").asText());
  }

  private static RegionProof regionProof(JsonNode node) {
    return new RegionProof(
        node.path("name").asText(),
        list(node, "members", JsonNode::asText),
        list(node, "laws", JsonNode::asText),
        node.path("kernelHash").asText(),
        node.path("provenBound").asDouble(Double.NaN),
        node.path("estimatedBound").asDouble(Double.NaN),
        number(node, "measured"));
  }

  private static Optional<Double> number(JsonNode node, String key) {
    return Optional.ofNullable(node.get(key)).map(JsonNode::asDouble);
  }

  private static <T> List<T> list(JsonNode node, String key, Function<JsonNode, T> read) {
    List<T> values = new ArrayList<>();
    node.path(key).forEach(item -> values.add(read.apply(item)));
    return values;
  }
}
