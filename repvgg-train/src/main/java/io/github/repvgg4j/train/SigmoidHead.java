package io.github.repvgg4j.train;

import io.github.repvgg4j.spec.BlockNames;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;

/** The head of a network whose classes each stand for themselves. */
final class SigmoidHead {

  /**
   * How near to 0 and 1 Deeplearning4j's own path lets probabilities come. Its gradient vanishes
   * beyond; at its default of 1e-5 that is at scores of 11.5, here at 16.
   */
  private static final double CLIP = 1e-7;

  private SigmoidHead() {}

  /** Gives a graph sigmoid and binary cross-entropy in place of what its head has. */
  static void giveTo(ComputationGraph graph) {
    OutputLayer head = (OutputLayer) graph.getLayer(BlockNames.LINEAR).conf().getLayer();
    head.setActivationFn(new ActivationSigmoid());
    head.setLossFn(new LossBinaryXENT(CLIP));
  }
}
