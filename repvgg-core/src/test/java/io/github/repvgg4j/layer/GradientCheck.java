package io.github.repvgg4j.layer;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Central differences in float64 against backpropagation, for every parameter of a network. */
final class GradientCheck {

  private static final double STEP = 1e-5;

  /** Smaller derivatives count as this large: the differences' own rounding is 1e-10. */
  private static final double FLOOR = 1e-4;

  private GradientCheck() {}

  /**
   * The largest {@code |analytic - numeric| / max(|analytic|, |numeric|, floor)} of all parameters.
   */
  static double largestRelativeError(ComputationGraph graph, DataSet data) {
    graph.setInput(0, data.getFeatures());
    graph.setLabels(data.getLabels());
    graph.computeGradientAndScore();
    double[] analytic = graph.gradient().gradient().dup().data().asDouble();
    INDArray parameters = graph.params();
    double worst = 0;
    for (int i = 0; i < analytic.length; i++) {
      double value = parameters.getDouble(i);
      double above = sumOfLosses(graph, data, i, value + STEP);
      double below = sumOfLosses(graph, data, i, value - STEP);
      parameters.putScalar(i, value);
      double numeric = (above - below) / (2 * STEP);
      double difference = Math.abs(analytic[i] - numeric);
      double size = Math.max(FLOOR, Math.max(Math.abs(analytic[i]), Math.abs(numeric)));
      worst = Math.max(worst, difference / size);
    }
    return worst;
  }

  /** DL4J's gradients are sums over the minibatch, its score is the mean. */
  private static double sumOfLosses(
      ComputationGraph graph, DataSet data, int parameter, double value) {
    graph.params().putScalar(parameter, value);
    return graph.score(data, true) * data.numExamples();
  }
}
