package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.GeneratedData;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.RunLoop;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import io.github.repvgg4j.train.StepSource;
import io.github.repvgg4j.train.config.Balance;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.DeviceChoice;
import io.github.repvgg4j.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * Trains on a cluster what {@code repvgg-train} trains on one machine: the same YAML, the same
 * run's folder (on the driver), the same schedules in global iterations.
 */
public final class SparkTraining {

  private SparkTraining() {}

  /**
   * @throws IOException data, folder or disk: one line for the user
   */
  public static RunResult run(
      JavaSparkContext context, SparkJob job, RunOptions options, RunListener listener)
      throws IOException {
    TrainConfig config = job.training();
    refuseWhatIsNotFollowed(config);
    RunFolder.check(config.folder(), options.mode());
    if (config.data().generated() != null) {
      config = GeneratedData.in(config);
      Path images = Path.of(config.data().path()).toAbsolutePath();
      config = config.withData(config.data().withPath(images.toString()));
    }
    DataConfig data = config.data();
    SplitImages images =
        SplitImages.list(data.path(), data.options(), context.hadoopConfiguration());
    images.listing().requireApart(config.folder());
    SparkConfig spark =
        job.spark().resolved(context.defaultParallelism(), config.training().batchSize());
    int needed = spark.workers() * spark.batchPerWorker();
    if (images.train().size() < needed) {
      throw new ConfigException(
          "spark.batchPerWorker: "
              + spark.workers()
              + " workers with "
              + spark.batchPerWorker()
              + " images each need "
              + needed
              + " training images, there are "
              + images.train().size());
    }
    try (StepSource steps = new ClusterSteps(context, config, spark, images, told(options))) {
      return RunLoop.run(steps, options, listener);
    }
  }

  /** Of rounds; no layer of the driver's network is at work, so all of them only watch. */
  private static List<TrainingListener> told(RunOptions options) {
    return Stream.concat(options.listeners().stream(), options.watchers().stream()).toList();
  }

  /** What one machine does and a cluster does not is refused instead of passed over. */
  private static void refuseWhatIsNotFollowed(TrainConfig config) {
    if (config.backend().device() == DeviceChoice.CUDA) {
      throw new ConfigException("backend.device: a cluster computes on CPUs; remove the key");
    }
    TrainingConfig recipe = config.training();
    if (recipe.accumulate() > 1) {
      throw new ConfigException(
          "training.accumulate: a cluster takes 1; raise spark.batchPerWorker instead");
    }
    if (recipe.fineTune() != null) {
      throw new ConfigException(
          "training.fineTune: a cluster trains from the start only; fine-tune on one machine");
    }
    if (recipe.teacher() != null) {
      throw new ConfigException(
          "training.teacher: a cluster's workers know labels only; train on one machine");
    }
    if (!recipe.batchSizeSchedule().isEmpty()) {
      throw new ConfigException(
          "training.batchSizeSchedule: a cluster's batches have one size; remove the key");
    }
    if (recipe.whitening() != null) {
      throw new ConfigException(
          "training.whitening: a cluster's images are not looked at before it trains; remove the"
              + " key");
    }
    if (recipe.lookahead() != null) {
      throw new ConfigException("training.lookahead: workers are averaged already; remove the key");
    }
    if (recipe.loss() != Loss.SOFTMAX) {
      throw new ConfigException(
          "training.loss: a cluster knows one class an image; train with sigmoid on one machine");
    }
    if (recipe.balance() != Balance.NONE) {
      throw new ConfigException(
          "training.balance: a cluster's workers draw and count images alike; train on one machine");
    }
    if (recipe.minutes() != null) {
      throw new ConfigException(
          "training.minutes: a cluster trains for epochs; give training.epochs");
    }
    if (recipe.optimizer().reparameterized().isPresent()) {
      throw new ConfigException(
          "training.optimizer.reparameterize: a cluster's workers know no constants; train on one"
              + " machine");
    }
    if (!recipe.progressive().isEmpty()) {
      throw new ConfigException(
          "training.progressive: a cluster trains on images of the network's own size only; remove"
              + " the key");
    }
  }
}
