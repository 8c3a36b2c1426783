package io.github.repvgg4j.network;

import io.github.repvgg4j.layer.GraphConfigurations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A network as nodes, of either class of DL4J. Configurations are copies, parameters are views.
 * Every node and input has a name of its own here, whatever the layers are called.
 *
 * @param inputs names of the network's inputs
 * @param outputs names of the nodes that are its outputs
 * @param nodes by name, in an order of computation
 * @param dataType of parameters and activations
 */
public record NetworkView(
    List<String> inputs, List<String> outputs, Map<String, Node> nodes, DataType dataType) {

  /**
   * A network as it stands.
   *
   * @param model a {@link ComputationGraph} or a {@link MultiLayerNetwork}, initialised
   */
  public static NetworkView of(Model model) {
    if (model instanceof ComputationGraph graph) {
      return of(graph);
    }
    return of((MultiLayerNetwork) model);
  }

  private static NetworkView of(ComputationGraph graph) {
    ComputationGraphConfiguration conf = GraphConfigurations.copy(graph.getConfiguration());
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      String name = vertex.getVertexName();
      if (vertex.isInputVertex()) {
        continue;
      }
      nodes.put(
          name,
          new Node(
              name,
              conf.getVertexInputs().get(name),
              body(conf.getVertices().get(name)),
              vertex.numParams() > 0 ? vertex.paramTable(false) : Map.of()));
    }
    return new NetworkView(
        conf.getNetworkInputs(), conf.getNetworkOutputs(), nodes, conf.getDataType());
  }

  private static Node.Body body(org.deeplearning4j.nn.conf.graph.GraphVertex vertex) {
    return vertex instanceof LayerVertex layer
        ? new Node.LayerBody(layer.getLayerConf(), layer.getPreProcessor())
        : new Node.VertexBody(vertex);
  }

  /**
   * The layers of a {@link MultiLayerNetwork} may have any names, the same one twice or none. The
   * first bearer of a name keeps it; the others, and the input, get names that nobody has.
   */
  private static NetworkView of(MultiLayerNetwork network) {
    MultiLayerConfiguration conf = network.getLayerWiseConfigurations().clone();
    List<String> given =
        conf.getConfs().stream()
            .map(layer -> layer.getLayer().getLayerName())
            .filter(Objects::nonNull)
            .toList();
    Names names = Names.reserving(given);
    Map<String, Node> nodes = new LinkedHashMap<>();
    String input = names.free("input");
    String previous = input;
    for (int i = 0; i < network.getnLayers(); i++) {
      NeuralNetConfiguration layer = conf.getConf(i);
      String name = layer.getLayer().getLayerName();
      if (name == null || nodes.containsKey(name)) {
        name = names.free(name == null || name.isEmpty() ? "layer" + i : name);
      }
      nodes.put(
          name,
          new Node(
              name,
              List.of(previous),
              new Node.LayerBody(layer, conf.getInputPreProcess(i)),
              network.getLayer(i).numParams() > 0 ? network.getLayer(i).paramTable() : Map.of()));
      previous = name;
    }
    return new NetworkView(List.of(input), List.of(previous), nodes, conf.getDataType());
  }

  /**
   * These nodes as a new network with its own parameters: a chain as a {@link MultiLayerNetwork},
   * all else as a {@link ComputationGraph}.
   *
   * @param original gives the settings that belong to no layer
   */
  public Model build(Model original) {
    return new NetworkBuilder(this).build(original);
  }

  /** For every tensor, the nodes that read it. */
  public Map<String, List<String>> readers() {
    Map<String, List<String>> readers = new HashMap<>();
    nodes
        .values()
        .forEach(
            node ->
                node.inputs()
                    .forEach(
                        in ->
                            readers.computeIfAbsent(in, k -> new ArrayList<>()).add(node.name())));
    return readers;
  }
}
