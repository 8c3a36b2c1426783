package io.github.repvgg4j.runtime.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.archive.JsonTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a configuration's JSON into a graph, without loading Deeplearning4j's classes. Everything
 * that the runtime cannot run is refused here, by name.
 */
public final class ConfigurationReader {

  private static final String CHAIN_INPUT = "\0input";

  private final Map<String, Integer> readers = new HashMap<>();
  private final List<Vertex> vertices = new ArrayList<>();

  private ConfigurationReader() {}

  /**
   * The network.
   *
   * @throws UnsupportedLayerException naming index, type and remedy
   */
  public static FastGraph read(byte[] json) throws IOException {
    ConfigurationReader reader = new ConfigurationReader();
    JsonNode root = JsonTree.read(json);
    return root.has("vertices") ? reader.graph(root) : reader.chain(root);
  }

  private FastGraph chain(JsonNode root) {
    JsonNode before = root.path("inputPreProcessors");
    String previous = CHAIN_INPUT;
    int index = 0;
    for (JsonNode conf : root.path("confs")) {
      String name = "\0" + index;
      add(name, List.of(previous), layer(index, conf), before.path(Integer.toString(index)));
      previous = name;
      index++;
    }
    return new GraphReader(CHAIN_INPUT, previous, readers).read(vertices);
  }

  private FastGraph graph(JsonNode root) {
    JsonNode inputs = root.path("networkInputs");
    JsonNode outputs = root.path("networkOutputs");
    JsonNode order = root.path("topologicalOrderStr");
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw unsupported(
          "a network of "
              + inputs.size()
              + " inputs and "
              + outputs.size()
              + " outputs, not of one"
              + " each");
    }
    if (!order.isArray()) {
      throw unsupported("does not say in which order its parameters lie");
    }
    String input = inputs.get(0).asText();
    int index = 0;
    for (JsonNode entry : order) {
      String name = entry.asText();
      if (!name.equals(input)) {
        JsonNode vertex = root.path("vertices").path(name);
        List<String> from = new ArrayList<>();
        root.path("vertexInputs").path(name).forEach(each -> from.add(each.asText()));
        LayerJson layer = vertex.has("layerConf") ? layer(index, vertex.path("layerConf")) : null;
        add(name, from, layer, layer == null ? vertex : vertex.path("preProcessor"));
        index++;
      }
    }
    return new GraphReader(input, outputs.get(0).asText(), readers).read(vertices);
  }

  private static UnsupportedLayerException unsupported(String what) {
    return new UnsupportedLayerException(
        "configuration.json", what, UnsupportedLayerException.USE_DL4J);
  }

  private void add(String name, List<String> inputs, LayerJson layer, JsonNode more) {
    inputs.forEach(input -> readers.merge(input, 1, Integer::sum));
    vertices.add(new Vertex(name, inputs, layer, more, more));
  }

  private static LayerJson layer(int index, JsonNode conf) {
    LayerJson layer = new LayerJson(index, conf.path("layer"));
    if (!"FLOAT".equals(conf.path("dataType").asText("FLOAT"))) {
      throw layer.unsupported(
          "data type " + conf.path("dataType").asText(), UnsupportedLayerException.USE_DL4J);
    }
    return layer;
  }
}
