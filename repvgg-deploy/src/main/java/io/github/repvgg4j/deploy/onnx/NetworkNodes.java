package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.layer.GraphConfigurations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network of either class as a list of nodes that know each other by their place in it: names are
 * for people, and a network may have the same one twice.
 *
 * @param nodes the inputs first, each node after those that it reads
 * @param outputs places of the nodes that are the network's outputs, in its own order
 * @param dataType that Deeplearning4j computes in
 */
record NetworkNodes(List<Node> nodes, List<Integer> outputs, DataType dataType) {

  /**
   * One input, layer or vertex.
   *
   * @param name as its owner gave it
   * @param inputs places of the nodes that it reads
   */
  record Node(String name, List<Integer> inputs, Body body) {}

  /** What a node is. */
  sealed interface Body {}

  /** An input of the network. */
  record InputBody() implements Body {}

  /**
   * A layer, out of its freezer where it is frozen.
   *
   * @param preprocessor of its input, null for none
   * @param params by key; views
   */
  record LayerBody(Layer layer, InputPreProcessor preprocessor, Map<String, INDArray> params)
      implements Body {}

  /** A vertex that is no layer. */
  record VertexBody(GraphVertex vertex) implements Body {}

  static NetworkNodes of(Model network) {
    return network instanceof ComputationGraph graph ? of(graph) : of((MultiLayerNetwork) network);
  }

  private static NetworkNodes of(MultiLayerNetwork network) {
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node("input", List.of(), new InputBody()));
    for (int i = 0; i < network.getnLayers(); i++) {
      org.deeplearning4j.nn.api.Layer layer = network.getLayer(i);
      InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
      nodes.add(new Node(name(layer, i), List.of(i), body(layer, before)));
    }
    return new NetworkNodes(
        nodes, List.of(nodes.size() - 1), network.getLayerWiseConfigurations().getDataType());
  }

  private static String name(org.deeplearning4j.nn.api.Layer layer, int index) {
    String name = layer.conf().getLayer().getLayerName();
    return name == null || name.isEmpty() ? "layer" + index : name;
  }

  private static NetworkNodes of(ComputationGraph graph) {
    ComputationGraphConfiguration conf = graph.getConfiguration();
    List<Node> nodes = new ArrayList<>();
    Map<String, Integer> places = new HashMap<>();
    for (String input : conf.getNetworkInputs()) {
      places.put(input, nodes.size());
      nodes.add(new Node(input, List.of(), new InputBody()));
    }
    for (int index : graph.topologicalSortOrder()) {
      org.deeplearning4j.nn.graph.vertex.GraphVertex vertex = graph.getVertices()[index];
      if (vertex.isInputVertex()) {
        continue;
      }
      String name = vertex.getVertexName();
      List<Integer> inputs = conf.getVertexInputs().get(name).stream().map(places::get).toList();
      places.put(name, nodes.size());
      nodes.add(new Node(name, inputs, body(vertex, conf.getVertices().get(name))));
    }
    return new NetworkNodes(
        nodes, conf.getNetworkOutputs().stream().map(places::get).toList(), conf.getDataType());
  }

  private static Body body(
      org.deeplearning4j.nn.graph.vertex.GraphVertex vertex, GraphVertex conf) {
    if (conf instanceof FrozenVertex frozen) {
      return body(vertex, frozen.getUnderlying());
    }
    return conf instanceof LayerVertex layer
        ? body(vertex.getLayer(), layer.getPreProcessor())
        : new VertexBody(conf);
  }

  private static Body body(org.deeplearning4j.nn.api.Layer layer, InputPreProcessor before) {
    Layer conf = GraphConfigurations.unfrozen(layer.conf().getLayer());
    return new LayerBody(conf, before, layer.numParams() > 0 ? layer.paramTable() : Map.of());
  }

  /** The network's inputs, in its own order. */
  List<Integer> inputs() {
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).body() instanceof InputBody) {
        inputs.add(i);
      }
    }
    return inputs;
  }

  /** For each node, whether an output comes of it. */
  boolean[] needed() {
    boolean[] needed = new boolean[nodes.size()];
    outputs.forEach(output -> needed[output] = true);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (needed[i]) {
        nodes.get(i).inputs().forEach(input -> needed[input] = true);
      }
    }
    return needed;
  }
}
