package io.github.repvgg4j.spark.train;

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
  private transient ExecutorTrainers.Loan loan;
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
    loan = ExecutorTrainers.borrow(job);
    start.value().copyTo(loan.trainer(), epoch);
    lossSum = 0;
    batches = 0;
    return loan.trainer().graph();
  }

  @Override
  public ParameterAveragingTrainingResult processMinibatch(
      MultiDataSet batch, ComputationGraph graph, boolean isLast) {
    lossSum += loan.trainer().step(batch.getFeatures(0), batch.getLabels(0));
    batches++;
    return isLast ? getFinalResult(graph) : null;
  }

  /** Parameters, then the optimizer's vectors in one row, and the mean loss of the round. */
  @Override
  public ParameterAveragingTrainingResult getFinalResult(ComputationGraph graph) {
    var state = loan.trainer().state();
    INDArray parameters = state.get(0).dup();
    INDArray optimizer =
        state.size() == 1
            ? null
            : Nd4j.concat(1, state.subList(1, state.size()).toArray(INDArray[]::new));
    loan.giveBack();
    return new ParameterAveragingTrainingResult(
        parameters, optimizer, lossSum / batches, null, null, null);
  }
}
