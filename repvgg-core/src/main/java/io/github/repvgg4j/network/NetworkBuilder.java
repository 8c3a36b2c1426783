package io.github.repvgg4j.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Nodes as a network of DL4J: a chain as a MultiLayerNetwork, all else as a graph. */
final class NetworkBuilder {

  private final NetworkView view;

  NetworkBuilder(NetworkView view) {
    this.view = view;
  }

  /**
   * A new network with its own parameters.
   *
   * @param original gives the settings that belong to no layer
   */
  Model build(Model original) {
    return isChain() ? chain(original) : graph(original);
  }

  private boolean isChain() {
    if (view.inputs().size() != 1 || view.outputs().size() != 1) {
      return false;
    }
    String previous = view.inputs().get(0);
    for (Node node : view.nodes().values()) {
      boolean follows =
          node.body() instanceof Node.LayerBody && node.inputs().equals(List.of(previous));
      if (!follows) {
        return false;
      }
      previous = node.name();
    }
    return previous.equals(view.outputs().get(0));
  }

  private Model chain(Model original) {
    List<NeuralNetConfiguration> layers = new ArrayList<>();
    Map<Integer, InputPreProcessor> preprocessors = new HashMap<>();
    for (Node node : view.nodes().values()) {
      Node.LayerBody body = (Node.LayerBody) node.body();
      if (body.preprocessor() != null) {
        preprocessors.put(layers.size(), body.preprocessor());
      }
      body.conf().getLayer().setLayerName(node.name()); // so that each name is of one layer only
      layers.add(body.conf());
    }
    MultiLayerConfiguration conf = new MultiLayerConfiguration();
    conf.setConfs(layers);
    conf.setInputPreProcessors(preprocessors);
    conf.setDataType(view.dataType());
    conf.setValidateOutputLayerConfig(false);
    copySettings(original, conf);
    MultiLayerNetwork network = new MultiLayerNetwork(conf);
    network.init(emptyParams(), false);
    int index = 0;
    for (Node node : view.nodes().values()) {
      copyParams(node, network.getLayer(index++).paramTable());
    }
    return network;
  }

  private static void copySettings(Model original, MultiLayerConfiguration conf) {
    if (original instanceof MultiLayerNetwork network) {
      MultiLayerConfiguration from = network.getLayerWiseConfigurations();
      conf.setBackpropType(from.getBackpropType());
      conf.setTbpttFwdLength(from.getTbpttFwdLength());
      conf.setTbpttBackLength(from.getTbpttBackLength());
      conf.setCacheMode(from.getCacheMode());
      conf.setTrainingWorkspaceMode(from.getTrainingWorkspaceMode());
      conf.setInferenceWorkspaceMode(from.getInferenceWorkspaceMode());
      conf.setIterationCount(from.getIterationCount());
      conf.setEpochCount(from.getEpochCount());
      return;
    }
    ComputationGraphConfiguration from = ((ComputationGraph) original).getConfiguration();
    conf.setBackpropType(from.getBackpropType());
    conf.setTbpttFwdLength(from.getTbpttFwdLength());
    conf.setTbpttBackLength(from.getTbpttBackLength());
    conf.setCacheMode(from.getCacheMode());
    conf.setTrainingWorkspaceMode(from.getTrainingWorkspaceMode());
    conf.setInferenceWorkspaceMode(from.getInferenceWorkspaceMode());
    conf.setIterationCount(from.getIterationCount());
    conf.setEpochCount(from.getEpochCount());
  }

  /** Only a graph can become a graph: fusing never adds a branch to a chain. */
  private Model graph(Model original) {
    ComputationGraphConfiguration conf = ((ComputationGraph) original).getConfiguration().clone();
    Map<String, GraphVertex> vertices = new LinkedHashMap<>();
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    for (Node node : view.nodes().values()) {
      vertices.put(node.name(), vertex(node));
      inputs.put(node.name(), node.inputs());
    }
    conf.setVertices(vertices);
    conf.setVertexInputs(inputs);
    conf.setNetworkOutputs(view.outputs());
    conf.setTopologicalOrder(null);
    conf.setTopologicalOrderStr(null);
    ComputationGraph graph = new ComputationGraph(conf);
    graph.init(emptyParams(), false);
    for (Node node : view.nodes().values()) {
      if (!node.params().isEmpty()) {
        copyParams(node, graph.getVertex(node.name()).paramTable(false));
      }
    }
    return graph;
  }

  private static GraphVertex vertex(Node node) {
    if (node.body() instanceof Node.LayerBody layer) {
      return new LayerVertex(layer.conf(), layer.preprocessor());
    }
    return ((Node.VertexBody) node.body()).vertex();
  }

  /**
   * Given parameters, all written over later, keep DL4J from drawing random ones, which takes
   * seconds for large networks.
   */
  private INDArray emptyParams() {
    long count =
        view.nodes().values().stream()
            .flatMap(node -> node.params().values().stream())
            .mapToLong(INDArray::length)
            .sum();
    return count == 0 ? null : Nd4j.createUninitialized(view.dataType(), 1, count);
  }

  private static void copyParams(Node node, Map<String, INDArray> to) {
    node.params().forEach((key, values) -> to.get(key).assign(values.reshape(to.get(key).shape())));
  }
}
