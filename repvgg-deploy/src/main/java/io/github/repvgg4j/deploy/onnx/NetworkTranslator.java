package io.github.repvgg4j.deploy.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Walks a network from its one input to its one output and writes every layer. */
final class NetworkTranslator {

  private final OnnxGraph graph;
  private final LayerTranslator layers;

  NetworkTranslator(OnnxGraph graph) {
    this.graph = graph;
    this.layers = new LayerTranslator(graph);
  }

  /**
   * Adds all nodes.
   *
   * @param input name of the array that the network reads
   * @return name of the logits, {@code [N, classes]}
   */
  String translate(Model network, String input) {
    if (network instanceof ComputationGraph branches) {
      return graph(branches, input);
    }
    return chain((MultiLayerNetwork) network, input);
  }

  private String chain(MultiLayerNetwork network, String input) {
    String value = input;
    for (int i = 0; i < network.getnLayers(); i++) {
      org.deeplearning4j.nn.api.Layer layer = network.getLayer(i);
      String name = layer.conf().getLayer().getLayerName();
      String unique = name == null || name.isEmpty() ? "layer" + i : name;
      InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
      value = layers.translate(unique, layer, preprocessed(unique, before, value));
    }
    return value;
  }

  private String graph(ComputationGraph network, String input) {
    List<String> inputs = network.getConfiguration().getNetworkInputs();
    List<String> outputs = network.getConfiguration().getNetworkOutputs();
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw new IllegalArgumentException(
          "only networks with one input and one output are exported, got "
              + inputs
              + " and "
              + outputs);
    }
    Map<String, String> values = new HashMap<>();
    values.put(inputs.get(0), input);
    org.deeplearning4j.nn.graph.vertex.GraphVertex[] vertices = network.getVertices();
    for (int index : network.topologicalSortOrder()) {
      String name = vertices[index].getVertexName();
      if (!values.containsKey(name)) {
        values.put(name, vertex(network, name, values));
      }
    }
    return values.get(outputs.get(0));
  }

  private String vertex(ComputationGraph network, String name, Map<String, String> values) {
    List<String> inputs =
        network.getConfiguration().getVertexInputs().get(name).stream().map(values::get).toList();
    GraphVertex vertex = network.getConfiguration().getVertices().get(name);
    if (vertex instanceof LayerVertex layer) {
      String value = preprocessed(name, layer.getPreProcessor(), inputs.get(0));
      return layers.translate(name, network.getLayer(name), value);
    }
    if (vertex instanceof ElementWiseVertex elementWise
        && elementWise.getOp() == ElementWiseVertex.Op.Add) {
      return sum(name, inputs);
    }
    throw LayerTranslator.refused(
        name, "a " + vertex.getClass().getSimpleName() + " cannot be written as ONNX");
  }

  private String sum(String name, List<String> inputs) {
    String value = inputs.get(0);
    for (int i = 1; i < inputs.size(); i++) {
      String part = i == inputs.size() - 1 ? name : name + "." + i;
      value = graph.node(OnnxOp.ADD, part, value, inputs.get(i));
    }
    return value;
  }

  private String preprocessed(String name, InputPreProcessor before, String value) {
    if (before == null) {
      return value;
    }
    if (before instanceof CnnToFeedForwardPreProcessor) {
      return layers.flatten(name + ".flat", value);
    }
    throw LayerTranslator.refused(
        name, "preprocessor " + before.getClass().getSimpleName() + " cannot be written as ONNX");
  }
}
