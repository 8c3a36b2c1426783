package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.GeneratedImages;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains on a cluster what {@code repvgg-train} trains on one machine: the same YAML, the same
 * run's folder (on the driver), the same schedules in global iterations.
 */
public final class SparkTraining {

  private SparkTraining() {}

  /**
   * @param log hears one line an epoch
   * @throws IOException data, folder or disk: one line for the user
   */
  public static RunResult run(
      JavaSparkContext context, SparkJob job, RunOptions options, Consumer<String> log)
      throws IOException {
    TrainConfig config = job.training();
    if (config.training().accumulate() > 1) {
      throw new ConfigException(
          "training.accumulate: a cluster takes 1; raise spark.batchPerWorker instead");
    }
    if (config.training().fineTune() != null) {
      throw new ConfigException(
          "training.fineTune: is not there on a cluster; fine-tune on one machine");
    }
    RunFolder folder = RunFolder.check(config.folder(), options.mode());
    DataConfig data = config.data();
    if (data.generated() != null) {
      Path images = data.path() == null ? folder.images() : Path.of(data.path());
      folder.open(options.mode());
      GeneratedImages.write(images, data.generated().options());
      config = config.withData(data.withPath(images.toAbsolutePath().toString()));
    }
    SplitImages images = SplitImages.list(config.data().path(), context.hadoopConfiguration());
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
    folder.open(options.mode());
    return new SparkSessionRun(
            context, config, spark, folder, images, options, log, new BadImages(data.onBadImage()))
        .run();
  }
}
