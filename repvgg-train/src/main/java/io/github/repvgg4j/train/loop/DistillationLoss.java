package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.accelerate.chain.Distillation;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A {@link Distillation} as Deeplearning4j asks for a loss; labels are {@code [N, 2 classes]}. It
 * stands in a network for the time of a gradient, so that zips name stock classes only.
 */
record DistillationLoss(Distillation distillation) implements ILossFunction {

  /** Loss and gradient of a graph's batch, which the graph then holds. */
  static void compute(ComputationGraph graph, Distillation distillation) {
    BaseOutputLayer output =
        (BaseOutputLayer) graph.getOutputLayer(0).conf().getLayer(); // one, of a classifier
    ILossFunction own = output.getLossFn();
    output.setLossFn(new DistillationLoss(distillation));
    try {
      graph.computeGradientAndScore();
    } finally {
      output.setLossFn(own);
    }
  }

  @Override
  public double computeScore(
      INDArray labels, INDArray logits, IActivation activation, INDArray mask, boolean average) {
    double sum = computeScoreArray(labels, logits, activation, mask).sumNumber().doubleValue();
    return average ? sum / labels.size(0) : sum;
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray logits, IActivation activation, INDArray mask) {
    return distillation.of(logits, labels).losses();
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray logits, IActivation activation, INDArray mask) {
    return distillation.of(logits, labels).gradient();
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray logits, IActivation activation, INDArray mask, boolean average) {
    return Pair.of(
        computeScore(labels, logits, activation, mask, average),
        computeGradient(labels, logits, activation, mask));
  }

  @Override
  public String name() {
    return "distillation";
  }
}
