package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.train.optim.Kernel;
import io.github.repvgg4j.train.optim.Orthogonalizer;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a step's loss and gradient come from; the update is ND4J's. */
public interface GradientSource extends AutoCloseable {

  /**
   * One batch; parameters stay as they are.
   *
   * @param features {@code [N, C, H, W]}
   * @param targets {@code [N, classes]}, rows sum to 1; with a teacher {@code [N, 2 classes]}
   * @return the mean loss
   */
  double compute(INDArray features, INDArray targets);

  /**
   * {@code [1, P]}: the last batch's gradient, summed over the batch; for BatchNorm's running
   * statistics their step, to be subtracted. The caller may overwrite it.
   */
  INDArray gradient();

  /** For logs: what computes here. */
  String description();

  /**
   * What makes kernels orthogonal as fast as this source computes; closed by the caller.
   *
   * @param steps of Newton-Schulz
   */
  default Orthogonalizer orthogonalizer(List<Kernel> kernels, int steps) {
    return Orthogonalizer.ofNd4j(kernels, steps);
  }

  @Override
  default void close() {}

  /** Deeplearning4j's own backpropagation; fits any graph. */
  static GradientSource ofGraph(ComputationGraph graph) {
    return ofGraph(graph, Distillation.NONE);
  }

  /**
   * The same of a network that may have a teacher.
   *
   * @param distillation the loss of batches with one
   */
  static GradientSource ofGraph(ComputationGraph graph, Distillation distillation) {
    return ofGraph(graph, distillation, "Deeplearning4j layer by layer");
  }

  /**
   * The same, said in other words.
   *
   * @param description for logs
   */
  static GradientSource ofGraph(
      ComputationGraph graph, Distillation distillation, String description) {
    return new GradientSource() {
      @Override
      public double compute(INDArray features, INDArray targets) {
        graph.setInputs(features);
        graph.setLabels(targets);
        if (distillation.isNone()) {
          graph.computeGradientAndScore();
        } else {
          DistillationLoss.compute(graph, distillation);
        }
        return graph.score();
      }

      @Override
      public INDArray gradient() {
        return graph.getGradientsViewArray().reshape(1, graph.numParams());
      }

      @Override
      public String description() {
        return description;
      }
    };
  }
}
