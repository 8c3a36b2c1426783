package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.loop.GraphTrainer;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.RepartitionStrategy;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingElementAddFunction;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingElementCombineFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * DL4J's parameter averaging, one round at a time: DL4J distributes, runs the workers and sums
 * their results; which data a round holds and what is kept of it is decided by the caller. (DL4J's
 * own {@code fit} caches the whole decoded data set, splits it at random and starts from the
 * graph's own updater.)
 */
final class RoundMaster extends ParameterAveragingTrainingMaster {

  private final JobDescription job;
  private final GraphTrainer trainer;
  private final SparkConfig spark;
  private Broadcast<NetworkState> start;
  private int epoch;
  private double meanLoss;
  private long iterationAfter;

  RoundMaster(JobDescription job, GraphTrainer trainer, SparkConfig spark) {
    super(
        true,
        spark.workers(),
        spark.batchPerWorker(),
        spark.batchPerWorker(),
        spark.averagingFrequency(),
        spark.aggregationDepth(),
        0,
        Repartition.Never,
        RepartitionStrategy.SparkDefault,
        StorageLevel.NONE(),
        false);
    this.job = job;
    this.trainer = trainer;
    this.spark = spark;
  }

  /**
   * Trains one round from the trainer's state and leaves the average there.
   *
   * @param shares one for each worker, all with as many batches
   * @return the mean loss over all batches of the round
   */
  double round(
      SparkComputationGraph graph, List<RoundPlan.Share> shares, BatchSource source, int ofEpoch) {
    JavaSparkContext context = graph.getSparkContext();
    epoch = ofEpoch;
    iterationAfter = trainer.iteration() + shares.get(0).batches().size();
    start = context.broadcast(NetworkState.of(trainer));
    try {
      JavaRDD<MultiDataSet> data =
          context.parallelize(shares, shares.size()).mapPartitions(source::batches);
      doIteration(graph, data, 1, 1);
      return meanLoss;
    } finally {
      start.destroy();
    }
  }

  @Override
  public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
    return new RoundWorker(
        job,
        start,
        epoch,
        new WorkerConfiguration(
            true, spark.batchPerWorker(), spark.batchPerWorker(), averagingFrequency, 0, false));
  }

  @Override
  protected void processResults(
      SparkDl4jMultiLayer network,
      SparkComputationGraph graph,
      JavaRDD<ParameterAveragingTrainingResult> results,
      int splitNum,
      int totalSplits) {
    ParameterAveragingAggregationTuple sum =
        results.treeAggregate(
            null,
            new ParameterAveragingElementAddFunction(),
            new ParameterAveragingElementCombineFunction(),
            aggregationDepth);
    if (sum == null) {
      throw new IllegalStateException("no image of this round could be used");
    }
    int workers = sum.getAggregationsCount();
    List<INDArray> state = trainer.state();
    state.get(0).assign(sum.getParametersSum().divi(workers));
    for (int i = 1; i < state.size(); i++) {
      long length = state.get(0).length();
      INDArray all = sum.getUpdaterStateSum();
      state
          .get(i)
          .assign(
              all.get(NDArrayIndex.point(0), NDArrayIndex.interval((i - 1) * length, i * length))
                  .reshape(1, length)
                  .div(workers));
    }
    meanLoss = sum.getScoreSum() / workers;
    trainer.resumeAt(iterationAfter, (int) iterationAfter, epoch);
  }
}
