package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.NetworkView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Height and width of the tensors, where the options state the inputs' shapes. */
final class TensorSizes {

  private TensorSizes() {}

  static Map<String, ImageSize> of(Model model, List<InputType> given) {
    Map<String, ImageSize> sizes = new HashMap<>();
    if (given.isEmpty()) {
      return sizes;
    }
    if (model instanceof ComputationGraph graph) {
      ComputationGraphConfiguration conf = graph.getConfiguration().clone();
      for (int i = 0; i < given.size(); i++) {
        put(sizes, conf.getNetworkInputs().get(i), given.get(i));
      }
      conf.getLayerActivationTypes(true, given.toArray(InputType[]::new))
          .forEach((name, type) -> put(sizes, name, type));
    } else {
      MultiLayerNetwork network = (MultiLayerNetwork) model;
      MultiLayerConfiguration conf = network.getLayerWiseConfigurations().clone();
      NetworkView view = NetworkView.of(network);
      put(sizes, view.inputs().get(0), given.get(0));
      List<InputType> types = conf.getLayerActivationTypes(given.get(0));
      List<String> names = List.copyOf(view.nodes().keySet());
      for (int i = 0; i < names.size(); i++) {
        put(sizes, names.get(i), types.get(i));
      }
    }
    return sizes;
  }

  private static void put(Map<String, ImageSize> sizes, String name, InputType type) {
    if (type instanceof InputType.InputTypeConvolutional image) {
      sizes.put(name, new ImageSize((int) image.getHeight(), (int) image.getWidth()));
    }
  }
}
