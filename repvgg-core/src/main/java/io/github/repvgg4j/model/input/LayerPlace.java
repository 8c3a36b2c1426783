package io.github.repvgg4j.model.input;

import io.github.repvgg4j.layer.GraphConfigurations;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * A layer or vertex and what it reads; networks of both classes as one list.
 *
 * @param name within the network
 * @param inputs names of what it reads
 * @param layer null for a vertex without one
 * @param vertex null for a layer
 * @param before what its input goes through first; null for none
 */
record LayerPlace(
    String name, List<String> inputs, Layer layer, GraphVertex vertex, InputPreProcessor before) {

  /** What the one input of a {@link MultiLayerNetwork} is called here. */
  private static final String CHAIN_INPUT = "\0input";

  static List<String> inputsOf(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().getNetworkInputs()
        : List.of(CHAIN_INPUT);
  }

  /** All places, in an order of computation. Configurations are copies. */
  static List<LayerPlace> of(Model network) {
    return network instanceof ComputationGraph graph ? of(graph) : of((MultiLayerNetwork) network);
  }

  private static List<LayerPlace> of(ComputationGraph graph) {
    ComputationGraphConfiguration conf = GraphConfigurations.copy(graph.getConfiguration());
    List<LayerPlace> places = new ArrayList<>();
    for (int index : graph.topologicalSortOrder()) {
      String name = graph.getVertices()[index].getVertexName();
      GraphVertex vertex = conf.getVertices().get(name);
      List<String> inputs = conf.getVertexInputs().get(name);
      if (vertex instanceof LayerVertex of) {
        Layer layer = GraphConfigurations.unfrozen(of.getLayerConf().getLayer());
        places.add(new LayerPlace(name, inputs, layer, null, of.getPreProcessor()));
      } else if (vertex != null) {
        places.add(new LayerPlace(name, inputs, null, vertex, null));
      }
    }
    return places;
  }

  private static List<LayerPlace> of(MultiLayerNetwork network) {
    MultiLayerConfiguration conf = network.getLayerWiseConfigurations().clone();
    List<LayerPlace> places = new ArrayList<>();
    String previous = CHAIN_INPUT;
    for (int i = 0; i < network.getnLayers(); i++) {
      Layer layer = GraphConfigurations.unfrozen(conf.getConf(i).getLayer());
      String name = i + "\0" + layer.getLayerName(); // two layers may have one name
      places.add(new LayerPlace(name, List.of(previous), layer, null, conf.getInputPreProcess(i)));
      previous = name;
    }
    return places;
  }

  /** For messages: {@code layer 'conv1'}. */
  String text() {
    int place = name.indexOf('\0');
    if (place < 0) {
      return "layer '" + name + "'";
    }
    String given = name.substring(place + 1);
    return given.equals("null") ? "layer " + name.substring(0, place) : "layer '" + given + "'";
  }
}
