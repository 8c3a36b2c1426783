package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.loop.GraphTrainer;
import java.util.Arrays;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's parameter averaging, one round at a time: DL4J distributes and runs the workers; which
 * data a round holds and what is kept of it is decided by the caller. (DL4J's own {@code fit}
 * caches the whole decoded data set, splits it at random and starts from the graph's own updater.)
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
    RoundSum sum =
        results
            .map(RoundSum::of)
            .treeAggregate(null, RoundSum::plus, RoundSum::plus, aggregationDepth);
    if (sum == null) {
      throw new IllegalStateException("no image of this round could be used");
    }
    List<INDArray> state = trainer.state();
    int length = sum.vectors()[0].length;
    assignMean(state.get(0), sum.vectors()[0], 0, sum.workers());
    for (int i = 1; i < state.size(); i++) {
      assignMean(state.get(i), sum.vectors()[1], (i - 1) * length, sum.workers());
    }
    meanLoss = sum.loss() / sum.workers();
    trainer.resumeAt(iterationAfter, (int) iterationAfter, epoch);
  }

  private static void assignMean(INDArray target, float[] sums, int from, int workers) {
    float[] part = Arrays.copyOfRange(sums, from, from + (int) target.length());
    try (INDArray mean = Nd4j.createFromArray(new float[][] {part})) {
      target.assign(mean.divi(workers));
    }
  }
}
