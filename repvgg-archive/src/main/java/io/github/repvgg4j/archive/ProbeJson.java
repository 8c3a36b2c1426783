package io.github.repvgg4j.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.Optional;

/** A {@link Probe} as the entry {@link Probe#ENTRY} of a fast zip. */
public final class ProbeJson {

  private static final int SCHEMA = 1;

  /** A million logits; the largest network of this project writes 60 kB. */
  private static final long MAX_BYTES = 16L << 20;

  /** Only writing needs it, and readers start quicker without. */
  private static final class Writing {
    private static final ObjectMapper JSON = new ObjectMapper();
  }

  private ProbeJson() {}

  /** UTF-8; logits with as many digits as tell float32 numbers apart. */
  public static byte[] write(Probe probe) throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("seed", probe.seed());
    root.putArray("shape")
        .add(probe.shape().channels())
        .add(probe.shape().height())
        .add(probe.shape().width());
    root.put("images", probe.images());
    ArrayNode logits = root.putArray("logits");
    for (float logit : probe.logits()) {
      logits.add(logit);
    }
    return Writing.JSON.writeValueAsBytes(root);
  }

  /**
   * What a fast zip recorded; empty where it has no such entry.
   *
   * @throws ArchiveException one line that names file, entry and fault
   */
  public static Optional<Probe> read(SafeZip zip) throws IOException {
    if (!zip.has(Probe.ENTRY)) {
      return Optional.empty();
    }
    if (zip.entry(Probe.ENTRY).getSize() > MAX_BYTES) {
      throw zip.fault(Probe.ENTRY + " is larger than " + MAX_BYTES + " bytes; convert again");
    }
    byte[] bytes = zip.read(Probe.ENTRY);
    try {
      return Optional.of(parse(JsonTree.read(bytes)));
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ArchiveException(
          zip.path() + ": " + Probe.ENTRY + ": " + reason + "; convert its training form again", e);
    }
  }

  private static Probe parse(JsonNode root) {
    if (root.path("schema").asInt(0) != SCHEMA) {
      throw new IllegalArgumentException(
          "schema: must be " + SCHEMA + ", got " + root.get("schema"));
    }
    JsonNode shape = root.path("shape");
    if (shape.size() != 3) {
      throw new IllegalArgumentException("shape: needs [C, H, W], got " + root.get("shape"));
    }
    JsonNode list = root.path("logits");
    float[] logits = new float[list.size()];
    for (int i = 0; i < logits.length; i++) {
      if (!list.get(i).isNumber()) {
        throw new IllegalArgumentException("logits: hold " + list.get(i));
      }
      logits[i] = list.get(i).floatValue();
    }
    return new Probe(
        root.path("seed").asLong(),
        new InputShape(shape.get(0).asInt(), shape.get(1).asInt(), shape.get(2).asInt()),
        root.path("images").asInt(),
        logits);
  }
}
