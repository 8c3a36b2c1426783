package io.github.repvgg4j.model;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The numbers before the softmax. DL4J's {@code output} gives probabilities, which hide differences
 * (a softmax saturates), so forms of a network are compared by their logits.
 *
 * <p>They come from {@code output} with the last activation put aside for the call: asking DL4J
 * 1.0.0-M2.1 for an inner vertex instead can end in a {@code ND4JWorkspaceException}. So a network
 * must not be in use by another thread, as for {@code output} itself.
 */
public final class Logits {

  private Logits() {}

  /**
   * @param network either form, with an output layer that has an activation
   * @param input {@code [N, C, H, W]}, normalised
   * @return {@code [N, classes]}, detached, of the network's data type
   * @throws IllegalArgumentException where the last layer gives no such array
   */
  public static INDArray of(Model network, INDArray input) {
    Layer last = outputLayer(network);
    if (!(last.conf().getLayer() instanceof BaseOutputLayer head)) {
      throw noLogits(last);
    }
    IActivation activation = head.getActivationFn();
    head.setActivationFn(new ActivationIdentity());
    try {
      INDArray logits = output(network, input);
      if (logits.rank() != 2) {
        throw noLogits(last);
      }
      return logits;
    } finally {
      head.setActivationFn(activation);
    }
  }

  private static Layer outputLayer(Model network) {
    if (network instanceof ComputationGraph graph) {
      return graph.getOutputLayer(0);
    }
    if (network instanceof MultiLayerNetwork layers) {
      return layers.getOutputLayer();
    }
    throw new IllegalArgumentException(
        "neither ComputationGraph nor MultiLayerNetwork: " + network.getClass().getName());
  }

  private static INDArray output(Model network, INDArray input) {
    return network instanceof ComputationGraph graph
        ? graph.output(input)[0]
        : ((MultiLayerNetwork) network).output(input);
  }

  private static IllegalArgumentException noLogits(Layer last) {
    return new IllegalArgumentException(
        "the last layer is no output layer that gives [N, classes]: "
            + last.getClass().getSimpleName());
  }
}
