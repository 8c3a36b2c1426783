package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.deploy.predict.Engine;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.Logits;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A DL4J network for many callers. Since it serves one at a time, callers side by side each get a
 * shell of their own around the same weights. Thread-safe.
 */
final class Dl4jShells implements Engine {

  private final Model original;
  private final List<Head> heads;
  private final ConcurrentLinkedQueue<Model> idle = new ConcurrentLinkedQueue<>();

  Dl4jShells(Model network) {
    original = network;
    heads = Head.of(network);
    Accelerator.enable(original);
    idle.add(original);
  }

  @Override
  public List<Head> heads() {
    return heads;
  }

  @Override
  public List<INDArray> outputs(INDArray input) {
    Model polled = idle.poll();
    Model network = polled == null ? shell() : polled;
    try {
      return Logits.all(network, input);
    } finally {
      idle.add(network);
    }
  }

  private Model shell() {
    Model shell;
    if (original instanceof ComputationGraph graph) {
      ComputationGraph copy = new ComputationGraph(graph.getConfiguration().clone());
      copy.init(graph.params(), false);
      shell = copy;
    } else {
      MultiLayerNetwork layers = (MultiLayerNetwork) original;
      MultiLayerNetwork copy = new MultiLayerNetwork(layers.getLayerWiseConfigurations().clone());
      copy.init(layers.params(), false);
      shell = copy;
    }
    Accelerator.enable(shell);
    return shell;
  }
}
