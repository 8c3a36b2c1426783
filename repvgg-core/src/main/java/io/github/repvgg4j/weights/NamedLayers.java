package io.github.repvgg4j.weights;

import io.github.repvgg4j.spec.BlockNames;
import java.util.HashMap;
import java.util.List;
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

  /** Whether a kernel has the numbers between its groups too, which are zeros. */
  private static boolean isDense(TensorSlot slot, INDArray values) {
    List<Long> shape = slot.shape();
    return shape.size() == 4
        && values.rank() == 4
        && values.length() > slot.length()
        && values.size(0) == shape.get(0)
        && values.size(1) % shape.get(1) == 0
        && values.length() / values.size(1) == slot.length() / shape.get(1);
  }

  /**
   * The array that a slot stands for, a view into the network.
   *
   * @throws IllegalArgumentException when the network has no such layer or parameter
   */
  INDArray parameter(TensorSlot slot) {
    Layer layer = layers.get(slot.layer());
    if (layer == null) { // as fast forms of one gated branch were called once
      layer = layers.get(BlockNames.dense(slot.layer(), 0));
    }
    INDArray values = layer == null ? null : layer.getParam(slot.parameter());
    if (values != null && isDense(slot, values)) {
      throw new IllegalArgumentException(
          "layer "
              + slot.layer()
              + " holds its groups as one dense kernel, as convert --portable writes them; export"
              + " from the model.zip, or from a fast zip without --portable");
    }
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
