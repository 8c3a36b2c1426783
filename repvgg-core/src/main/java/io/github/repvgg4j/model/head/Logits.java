package io.github.repvgg4j.model.head;

import io.github.repvgg4j.model.head.HeadLayer.Readers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The numbers before the last activation. DL4J's {@code output} gives probabilities, which hide
 * differences (a softmax saturates), so forms of a network are compared by their logits. What makes
 * answers of them is a {@link Head}.
 *
 * <p>They come from {@code output} with the last activation put aside for the call: asking DL4J
 * 1.0.0-M2.1 for an inner vertex instead can end in a {@code ND4JWorkspaceException}. So a network
 * must not be in use by another thread, as for {@code output} itself. An output that is no head
 * (pooled features, a feature map, a sum) is given as it is.
 */
public final class Logits {

  private Logits() {}

  /**
   * @param network either form, with one output
   * @param input {@code [N, C, H, W]}, normalised
   * @return of a classifier {@code [N, classes]}, detached, of the network's data type
   * @throws IllegalArgumentException where the network has several outputs
   */
  public static INDArray of(Model network, INDArray input) {
    List<INDArray> all = all(network, input);
    if (all.size() != 1) {
      throw new IllegalArgumentException(
          "the network has several outputs: "
              + String.join(", ", Head.of(network).stream().map(Head::name).toList()));
    }
    return all.get(0);
  }

  /**
   * The logits of all outputs.
   *
   * @param network either form
   * @param inputs one for each network input, {@code [N, C, H, W]} on images
   * @return in the order of the network's outputs, detached, of its data type
   */
  public static List<INDArray> all(Model network, INDArray... inputs) {
    List<HeadLayer> heads = HeadLayer.of(network);
    List<HeadLayer> aside = heads.stream().filter(HeadLayer::isPutAside).toList();
    List<IActivation> activations = aside.stream().map(HeadLayer::activation).toList();
    aside.forEach(HeadLayer::putAside);
    try {
      if (heads.stream().anyMatch(HeadLayer::isYolo)) {
        return beforeBoxes(network, heads, inputs);
      }
      return heads.stream().anyMatch(head -> head.readers() == Readers.THE_NETWORK_TOO)
          ? withoutWorkspaces((ComputationGraph) network, inputs)
          : outputs(network, inputs);
    } finally {
      for (int i = 0; i < aside.size(); i++) {
        aside.get(i).activation(activations.get(i));
      }
    }
  }

  /**
   * For each output, whether its logits are the numbers before its last activation; if not, they
   * are the output itself.
   */
  public static List<Boolean> areBeforeActivation(Model network) {
    return HeadLayer.of(network).stream().map(head -> head.isYolo() || head.isPutAside()).toList();
  }

  private static List<INDArray> outputs(Model network, INDArray... inputs) {
    return network instanceof ComputationGraph graph
        ? Arrays.asList(graph.output(inputs))
        : List.of(((MultiLayerNetwork) network).output(inputs[0]));
  }

  /**
   * Where the network goes on with one of its outputs, DL4J 1.0.0-M2.1 loses count of its
   * workspaces ({@code workspaceMgr is null}).
   */
  private static List<INDArray> withoutWorkspaces(ComputationGraph graph, INDArray... inputs) {
    WorkspaceMode mode = graph.getConfiguration().getInferenceWorkspaceMode();
    graph.getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE);
    try {
      return outputs(graph, inputs);
    } finally {
      graph.getConfiguration().setInferenceWorkspaceMode(mode);
    }
  }

  /** A YOLO layer has no activation to put aside: its logits are what it reads. */
  private static List<INDArray> beforeBoxes(
      Model network, List<HeadLayer> heads, INDArray... inputs) {
    if (network instanceof MultiLayerNetwork layers) {
      int last = layers.getnLayers() - 1;
      INDArray read = layers.feedForward(inputs[0], false).get(last);
      InputPreProcessor before = layers.getLayerWiseConfigurations().getInputPreProcess(last);
      return List.of(
          before == null
              ? read
              : before.preProcess(read, (int) read.size(0), LayerWorkspaceMgr.noWorkspaces()));
    }
    ComputationGraph graph = (ComputationGraph) network;
    Map<String, INDArray> tensors = graph.feedForward(inputs, false);
    List<INDArray> logits = new ArrayList<>();
    for (HeadLayer head : heads) {
      String tensor =
          head.isYolo()
              ? graph.getConfiguration().getVertexInputs().get(head.name()).get(0)
              : head.name();
      logits.add(tensors.get(tensor));
    }
    return logits;
  }
}
