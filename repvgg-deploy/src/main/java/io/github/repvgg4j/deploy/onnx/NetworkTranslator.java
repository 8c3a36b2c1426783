package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.deploy.onnx.NetworkNodes.InputBody;
import io.github.repvgg4j.deploy.onnx.NetworkNodes.LayerBody;
import io.github.repvgg4j.deploy.onnx.NetworkNodes.Node;
import io.github.repvgg4j.deploy.onnx.NetworkNodes.VertexBody;
import java.util.ArrayList;
import java.util.List;

/** Walks a network from its inputs to its outputs and writes everything between. */
final class NetworkTranslator {

  private final NetworkNodes network;
  private final LayerTranslator layers;
  private final VertexTranslator vertices;

  NetworkTranslator(OnnxGraph graph, NetworkNodes network) {
    Layout layout = Layout.of(network);
    this.network = network;
    this.layers = new LayerTranslator(graph, layout, network.dataType());
    this.vertices = new VertexTranslator(graph, layout);
  }

  /**
   * Adds all nodes that an output comes of.
   *
   * @param inputs the arrays that the network reads, in its own order
   * @return what it gives, in its own order
   * @throws IllegalArgumentException naming the layer that cannot be written
   */
  List<Output> translate(List<Value> inputs) {
    List<Output> written = new ArrayList<>();
    boolean[] needed = network.needed();
    int input = 0;
    for (int i = 0; i < network.nodes().size(); i++) {
      Node node = network.nodes().get(i);
      if (node.body() instanceof InputBody) {
        written.add(Output.of(inputs.get(input++)));
      } else {
        written.add(needed[i] ? output(node, written) : null);
      }
    }
    return network.outputs().stream().map(written::get).toList();
  }

  private Output output(Node node, List<Output> written) {
    List<Value> inputs = node.inputs().stream().map(i -> written.get(i).activated()).toList();
    try {
      if (node.body() instanceof LayerBody layer) {
        Value value = vertices.preprocessed(node.name(), layer.preprocessor(), inputs.get(0));
        return layers.translate(node.name(), layer, value);
      }
      VertexBody vertex = (VertexBody) node.body();
      return Output.of(vertices.translate(node.name(), vertex.vertex(), inputs));
    } catch (UnwritableException e) {
      throw new IllegalArgumentException("layer " + shown(node.name()) + ": " + e.getMessage(), e);
    }
  }

  /** A name for a message of one line. */
  private static String shown(String name) {
    return name.isBlank() || name.chars().anyMatch(Character::isISOControl)
        ? "'" + name.replaceAll("\\p{Cntrl}", "?") + "'"
        : name;
  }
}
