package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.loop.GraphTrainer;
import java.io.Serializable;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What travels to the executors before a round: parameters (BatchNorm's running statistics among
 * them) and everything that the optimizer remembers.
 *
 * @param vectors of {@link GraphTrainer#state}, each of the network's length
 * @param iteration global iterations so far
 */
@SuppressWarnings("ArrayRecordComponent")
record NetworkState(float[][] vectors, long iteration) implements Serializable {

  static NetworkState of(GraphTrainer trainer) {
    return new NetworkState(
        trainer.state().stream().map(INDArray::toFloatVector).toArray(float[][]::new),
        trainer.iteration());
  }

  /** The parameters only, to test with. */
  static NetworkState of(ComputationGraph graph) {
    return new NetworkState(new float[][] {graph.params().toFloatVector()}, 0);
  }

  void copyTo(GraphTrainer trainer, int epoch) {
    List<INDArray> targets = trainer.state();
    for (int i = 0; i < vectors.length; i++) {
      try (INDArray values = Nd4j.createFromArray(new float[][] {vectors[i]})) {
        targets.get(i).assign(values);
      }
    }
    trainer.resumeAt(iteration, (int) iteration, epoch);
  }

  /** Bytes of one way between driver and an executor. */
  long bytes() {
    return 4L * vectors.length * vectors[0].length;
  }
}
