package io.github.repvgg4j.deploy.inspect;

import io.github.repvgg4j.model.input.NetworkInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The layers of a network, in the order in which they are computed.
 *
 * @param layers all layers, and the vertices of a graph that are not its inputs
 */
public record NetworkFacts(List<LayerFacts> layers) {

  public NetworkFacts {
    layers = List.copyOf(layers);
  }

  /**
   * @param network initialised, either form
   * @param input what it reads; without it no output shapes and no multiply-accumulates
   */
  public static NetworkFacts of(Model network, Optional<NetworkInput> input) {
    if (network instanceof ComputationGraph graph) {
      return of(graph, input);
    }
    if (network instanceof MultiLayerNetwork layers) {
      return of(layers, input);
    }
    throw new IllegalArgumentException(
        "neither ComputationGraph nor MultiLayerNetwork: " + network.getClass().getName());
  }

  private static NetworkFacts of(ComputationGraph graph, Optional<NetworkInput> input) {
    Map<String, InputType> types =
        input
            .filter(shape -> graph.getNumInputArrays() == 1)
            .map(
                shape ->
                    graph
                        .getConfiguration()
                        .clone()
                        .getLayerActivationTypes(true, false, shape.type()))
            .orElseGet(HashMap::new);
    List<LayerFacts> facts = new ArrayList<>();
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      if (!vertex.isInputVertex()) {
        List<Long> output = shape(types.get(vertex.getVertexName()));
        facts.add(
            vertex.hasLayer()
                ? LayerReader.read(vertex.getVertexName(), vertex.getLayer(), output)
                : LayerReader.read(
                    vertex.getVertexName(),
                    graph.getConfiguration().getVertices().get(vertex.getVertexName()),
                    output));
      }
    }
    return new NetworkFacts(facts);
  }

  private static NetworkFacts of(MultiLayerNetwork network, Optional<NetworkInput> input) {
    List<InputType> types =
        input
            .map(
                shape ->
                    network
                        .getLayerWiseConfigurations()
                        .clone()
                        .getLayerActivationTypes(shape.type()))
            .orElseGet(List::of);
    List<LayerFacts> facts = new ArrayList<>();
    for (int i = 0; i < network.getnLayers(); i++) {
      Layer layer = network.getLayer(i);
      String name = layer.conf().getLayer().getLayerName();
      List<Long> output = types.isEmpty() ? List.of() : shape(types.get(i));
      facts.add(LayerReader.read(name == null ? "layer" + i : name, layer, output));
    }
    return new NetworkFacts(facts);
  }

  private static List<Long> shape(InputType type) {
    return type == null ? List.of() : Arrays.stream(type.getShape(false)).boxed().toList();
  }

  /** Numbers that training changes. */
  public long parameters() {
    return layers.stream().mapToLong(LayerFacts::parameters).sum();
  }

  /** Multiply-accumulates for one image. */
  public long macs() {
    return layers.stream().mapToLong(LayerFacts::macs).sum();
  }
}
