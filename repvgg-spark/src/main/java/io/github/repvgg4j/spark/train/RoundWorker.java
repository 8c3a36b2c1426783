package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.loop.GraphTrainer;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's worker with this project's training step: accelerated layers, PyTorch's update rules, the
 * reference's weight decay, a learning rate by global iteration. The optimizer's memory is averaged
 * like the parameters.
 */
final class RoundWorker extends ParameterAveragingTrainingWorker {

  private static final long serialVersionUID = 1L;

  private final JobDescription job;
  private final Broadcast<NetworkState> start;
  private final int epoch;
  private transient GraphTrainer trainer;
  private transient double lossSum;
  private transient int batches;

  RoundWorker(
      JobDescription job,
      Broadcast<NetworkState> start,
      int epoch,
      WorkerConfiguration configuration) {
    super(null, true, configuration, null, null, null);
    this.job = job;
    this.start = start;
    this.epoch = epoch;
  }

  @Override
  public ComputationGraph getInitialModelGraph() {
    trainer = ExecutorTrainers.borrow(job);
    start.value().copyTo(trainer, epoch);
    lossSum = 0;
    batches = 0;
    return trainer.graph();
  }

  @Override
  public ParameterAveragingTrainingResult processMinibatch(
      MultiDataSet batch, ComputationGraph graph, boolean isLast) {
    lossSum += trainer.step(batch.getFeatures(0), batch.getLabels(0));
    batches++;
    return isLast ? getFinalResult(graph) : null;
  }

  /** Parameters, then the optimizer's vectors in one row, and the mean loss of the round. */
  @Override
  public ParameterAveragingTrainingResult getFinalResult(ComputationGraph graph) {
    var state = trainer.state();
    INDArray parameters = state.get(0).dup();
    INDArray optimizer =
        state.size() == 1
            ? null
            : Nd4j.concat(1, state.subList(1, state.size()).toArray(INDArray[]::new));
    ExecutorTrainers.giveBack(job, trainer);
    return new ParameterAveragingTrainingResult(
        parameters, optimizer, lossSum / batches, null, null, null);
  }
}
