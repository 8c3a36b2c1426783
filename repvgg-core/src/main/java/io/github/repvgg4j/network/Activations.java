package io.github.repvgg4j.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every tensor of a network in inference, each layer given its own copy of its input: what the
 * graph says, where DL4J's {@code output} lets an activation layer overwrite what others read.
 */
public final class Activations {

  private Activations() {}

  /**
   * Runs a network layer by layer.
   *
   * @param model left as it is, but not to be used by others meanwhile
   * @param inputs one array for each network input, {@code [N, C, H, W]} on images; copied
   * @return by name of layer, vertex or network input, in the order of computation; detached
   */
  public static Map<String, INDArray> of(Model model, INDArray... inputs) {
    return model instanceof ComputationGraph graph
        ? graph(graph, inputs)
        : chain((MultiLayerNetwork) model, inputs[0]);
  }

  private static Map<String, INDArray> graph(ComputationGraph graph, INDArray[] inputs) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    graph.clear();
    graph.setInputs(inputs); // preprocessors ask the graph for the batch size
    List<String> names = graph.getConfiguration().getNetworkInputs();
    for (int i = 0; i < names.size(); i++) {
      tensors.put(names.get(i), inputs[i]);
    }
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      if (vertex.isInputVertex()) {
        continue;
      }
      List<String> from = graph.getConfiguration().getVertexInputs().get(vertex.getVertexName());
      for (int i = 0; i < from.size(); i++) {
        vertex.setInput(i, tensors.get(from.get(i)).dup(), LayerWorkspaceMgr.noWorkspaces());
      }
      INDArray output = vertex.doForward(false, LayerWorkspaceMgr.noWorkspaces());
      tensors.put(vertex.getVertexName(), output);
      vertex.clear();
    }
    graph.clear();
    return tensors;
  }

  private static Map<String, INDArray> chain(MultiLayerNetwork network, INDArray input) {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    NetworkView view = NetworkView.of(network);
    List<String> names = List.copyOf(view.nodes().keySet());
    tensors.put(view.inputs().get(0), input);
    INDArray current = input;
    for (int i = 0; i < names.size(); i++) {
      InputPreProcessor before = network.getLayerWiseConfigurations().getInputPreProcess(i);
      INDArray copy = current.dup();
      if (before != null) {
        copy = before.preProcess(copy, (int) input.size(0), LayerWorkspaceMgr.noWorkspaces());
      }
      Layer layer = network.getLayer(i);
      current = layer.activate(copy, false, LayerWorkspaceMgr.noWorkspaces());
      layer.clear();
      tensors.put(names.get(i), current);
    }
    return tensors;
  }

  /**
   * Names of all layers and vertices, in the order of computation: those that a fusion's outcomes
   * speak of, each of one layer only, also where DL4J gave two layers the same.
   */
  public static List<String> names(Model model) {
    return List.copyOf(NetworkView.of(model).nodes().keySet());
  }

  /** The tensors of the outputs only, in the order of the network's outputs. */
  public static List<INDArray> outputs(Model model, INDArray... inputs) {
    return outputsOf(model, of(model, inputs));
  }

  /** The outputs among tensors that {@link #of} gave, in the order of the network's outputs. */
  public static List<INDArray> outputsOf(Model model, Map<String, INDArray> tensors) {
    return NetworkView.of(model).outputs().stream().map(tensors::get).toList();
  }
}
