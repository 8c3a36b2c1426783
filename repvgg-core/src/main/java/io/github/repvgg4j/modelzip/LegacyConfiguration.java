package io.github.repvgg4j.modelzip;

import java.nio.charset.StandardCharsets;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * A configuration of DL4J up to 0.9.1. DL4J 1.0.0-M2.1 reads it, but takes a graph's {@code
 * "dropOut": 0.0}, which meant no dropout, for a probability of zero and fails ({@code
 * ComputationGraphConfigurationDeserializer}, line 151).
 */
final class LegacyConfiguration {

  private LegacyConfiguration() {}

  /** The configuration as DL4J can read it. */
  static String text(byte[] json, JsonNode root) {
    boolean changed = false;
    for (JsonNode layer : root.findParents("dropOut")) { // a key of that time; now idropout
      if (root.has("vertices") && layer.get("dropOut").asDouble() == 0) {
        ((ObjectNode) layer).remove("dropOut");
        changed = true;
      }
    }
    return changed ? root.toString() : new String(json, StandardCharsets.UTF_8);
  }
}
