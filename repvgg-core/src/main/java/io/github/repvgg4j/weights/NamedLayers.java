package io.github.repvgg4j.weights;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The layers of either kind of network by their names. */
final class NamedLayers {

  private final Map<String, Layer> layers = new HashMap<>();

  private NamedLayers() {}

  static NamedLayers of(Model network) {
    NamedLayers named = new NamedLayers();
    Layer[] all =
        network instanceof ComputationGraph graph
            ? graph.getLayers()
            : ((MultiLayerNetwork) network).getLayers();
    for (Layer layer : all) {
      named.layers.put(layer.conf().getLayer().getLayerName(), layer);
    }
    return named;
  }

  boolean has(String name) {
    return layers.containsKey(name);
  }

  /**
   * The array that a slot stands for, a view into the network.
   *
   * @throws IllegalArgumentException when the network has no such layer or parameter
   */
  INDArray parameter(TensorSlot slot) {
    Layer layer = layers.get(slot.layer());
    INDArray values = layer == null ? null : layer.getParam(slot.parameter());
    if (values == null || values.length() != slot.length()) {
      throw new IllegalArgumentException(
          "layer "
              + slot.layer()
              + " has no parameter "
              + slot.parameter()
              + " of "
              + slot.length()
              + " numbers; the network is not the RepVGG that its file says");
    }
    return values;
  }
}
