package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.train.StepSource;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.optim.Course;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;

/**
 * The steps of a cluster, on the driver's side: a round each, which is all batches between two
 * averagings.
 */
final class ClusterSteps implements StepSource {

  private final JavaSparkContext context;
  private final SparkConfig spark;
  private final SplitImages split;
  private final List<TrainingListener> listeners;
  private final RoundPlan plan;
  private final JobDescription description;
  private final Job job;
  private final GraphTrainer trainer;
  private final RoundMaster master;
  private final SparkComputationGraph graph;
  private final BatchSource source;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final LongAccumulator badImages;

  /**
   * @param listeners hear of each round, with the averaged network
   */
  ClusterSteps(
      JavaSparkContext context,
      TrainConfig config,
      SparkConfig spark,
      SplitImages split,
      List<TrainingListener> listeners) {
    this.context = context;
    this.spark = spark;
    this.split = split;
    this.listeners = listeners;
    this.plan = new RoundPlan(split.train(), split.labels(), spark, config.training().seed());
    this.description = JobDescription.of(config, split.labels().size(), plan.iterationsPerEpoch());
    this.trainer = description.trainer();
    this.master = new RoundMaster(description, trainer, spark);
    this.graph = new SparkComputationGraph(context, trainer.graph(), master);
    this.hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    this.badImages = context.sc().longAccumulator("bad images");
    this.source = new BatchSource(description, hadoop, badImages);
    this.job =
        new Job(
            config,
            new Images(
                split.labels(),
                split.identity(context.hadoopConfiguration()),
                split.train().size(),
                split.testSplit(context.hadoopConfiguration()),
                split.finalTest().map(List::size).orElse(0)),
            BatchPlan.of(plan.iterationsPerEpoch(), spark.workers() * spark.batchPerWorker()),
            ExecutorTrainers.acceleration(context, description, spark.workers()),
            notes(),
            // Another number of workers sees other images in an iteration: another run.
            Map.of("spark", spark.toString()));
  }

  private List<String> notes() {
    String cluster =
        Count.of(spark.workers(), "worker")
            + " of "
            + Count.of(spark.batchPerWorker(), "image")
            + " each, averaging every "
            + Count.of(spark.averagingFrequency(), "iteration")
            + String.format(
                Locale.ROOT,
                " moves %.1f MB a worker each way",
                NetworkState.of(trainer).bytes() / 1e6);
    return Stream.concat(Stream.of(cluster), split.listing().notes().stream()).toList();
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public GraphTrainer trainer() {
    return trainer;
  }

  @Override
  public Course course() {
    TrainingConfig recipe = job.config().training();
    return Course.uniform(job.batches(), recipe.epochs(), recipe.accumulate());
  }

  @Override
  public ComputationGraph network() {
    return trainer.graph();
  }

  @Override
  public Epoch epoch(int epoch, int firstBatch, long begin) {
    int[] order = plan.order(epoch);
    return new Epoch() {
      private int from = firstBatch;

      @Override
      public int batches() {
        return job.batches();
      }

      @Override
      public Step next() {
        if (from >= job.batches()) {
          return null;
        }
        int to = Math.min(job.batches(), from + spark.averagingFrequency());
        double loss = master.round(graph, plan.round(order, epoch, from, to), source, epoch);
        if (!Double.isFinite(loss)) {
          throw new DivergedException(trainer.iteration(), "the loss is not finite");
        }
        tellListeners(loss, epoch);
        Step step = new Step(loss, job.plan().before(to) - job.plan().before(from), to - from);
        from = to;
        return step;
      }
    };
  }

  private void tellListeners(double loss, int epoch) {
    trainer.graph().setScore(loss);
    int done = (int) trainer.iteration() - 1;
    listeners.forEach(listener -> listener.iterationDone(trainer.graph(), done, epoch));
  }

  /** A test is one job of Spark, which is not stopped once it runs. */
  @Override
  public Optional<Evaluation> test(
      ComputationGraph model, Part part, TestTimeAveraging averaging, BooleanSupplier stop)
      throws IOException {
    if (stop.getAsBoolean()) {
      return Optional.empty();
    }
    List<ImageRef> tested = part == Part.TEST ? split.test() : split.finalTest().orElseThrow();
    NetworkState state = NetworkState.of(model);
    return Optional.of(
        ClusterEvaluation.of(
            context, description, state, tested, split.labels(), averaging, hadoop));
  }

  /** Executors count them; their names are in their logs. */
  @Override
  public Map<String, String> badImages() {
    return Map.of();
  }

  @Override
  public int badImageCount() {
    return Math.toIntExact(badImages.value());
  }

  @Override
  public void close() {
    trainer.close();
  }
}
