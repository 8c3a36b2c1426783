package io.github.repvgg4j.model;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The numbers before the softmax. DL4J's {@code output} gives probabilities, which hide differences
 * (a softmax saturates), so forms of a network are compared by their logits.
 */
public final class Logits {

  private Logits() {}

  /**
   * @param network either form, with an output layer that has weights and a bias
   * @param input {@code [N, C, H, W]}, normalised
   * @return {@code [N, classes]}, detached, of the network's data type
   */
  public static INDArray of(Model network, INDArray input) {
    if (network instanceof ComputationGraph graph) {
      return of(graph, input);
    }
    if (network instanceof MultiLayerNetwork layers) {
      return of(layers, input);
    }
    throw new IllegalArgumentException(
        "neither ComputationGraph nor MultiLayerNetwork: " + network.getClass().getName());
  }

  private static INDArray of(MultiLayerNetwork network, INDArray input) {
    Layer last = network.getOutputLayer();
    return affine(last, network.activateSelectedLayers(0, network.getnLayers() - 2, input));
  }

  private static INDArray of(ComputationGraph graph, INDArray input) {
    String output = graph.getConfiguration().getNetworkOutputs().get(0);
    String feature = graph.getConfiguration().getVertexInputs().get(output).get(0);
    INDArray[] features = graph.output(List.of(feature), false, new INDArray[] {input}, null);
    return affine(graph.getLayer(output), features[0]);
  }

  private static INDArray affine(Layer last, INDArray features) {
    if (!(last instanceof BaseOutputLayer<?>) || features.rank() != 2) {
      throw new IllegalArgumentException(
          "the last layer is no output layer on [N, features]: " + last.getClass().getSimpleName());
    }
    INDArray product = features.mmul(last.getParam("W"));
    return last.paramTable().containsKey("b") ? product.addiRowVector(last.getParam("b")) : product;
  }
}
