package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.DataIdentity;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.train.FinishedRun;
import io.github.repvgg4j.train.FurtherTests;
import io.github.repvgg4j.train.ResultFile;
import io.github.repvgg4j.train.RunOptions;
import io.github.repvgg4j.train.RunResult;
import io.github.repvgg4j.train.Training;
import io.github.repvgg4j.train.config.ConfigDifference;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.run.Checkpoints;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Progress;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;

/** One run on a cluster while it runs; the driver's side. */
final class SparkSessionRun {

  private final JavaSparkContext context;
  private final TrainConfig config;
  private final TrainingConfig recipe;
  private final SparkConfig spark;
  private final SplitImages images;
  private final DataIdentity identity;
  private final RunOptions options;
  private final Consumer<String> log;
  private final BadImages badImages;
  private final RoundPlan plan;
  private final JobDescription job;
  private final GraphTrainer trainer;
  private final RoundMaster master;
  private final SparkComputationGraph graph;
  private final BatchSource source;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final LongAccumulator badImageCount;
  private final long startNanos = System.nanoTime();
  private RunFolder folder;
  private Checkpoints checkpoints;
  private double secondsBefore;
  private Progress progress;
  private Evaluation lastEvaluation;
  private Evaluation modelEvaluation;
  private String acceleration;

  SparkSessionRun(
      JavaSparkContext context,
      TrainConfig config,
      SparkConfig spark,
      SplitImages images,
      RunOptions options,
      Consumer<String> log) {
    this.context = context;
    this.config = config;
    this.recipe = config.training();
    this.spark = spark;
    this.images = images;
    this.identity = images.identity(context.hadoopConfiguration());
    this.options = options;
    this.log = log;
    this.badImages = new BadImages(config.data().onBadImage());
    this.plan = new RoundPlan(images.train(), images.labels(), spark, recipe.seed());
    this.job = JobDescription.of(config, images.labels().size(), plan.iterationsPerEpoch());
    this.trainer = job.trainer();
    this.master = new RoundMaster(job, trainer, spark);
    this.graph = new SparkComputationGraph(context, trainer.graph(), master);
    this.hadoop = context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    this.badImageCount = context.sc().longAccumulator("bad images");
    this.source = new BatchSource(job, hadoop, badImageCount);
    // Another number of workers sees other images in an iteration: another run.
    this.progress = Progress.start(Training.fingerprint(config) + " " + spark, identity);
  }

  /** What two jobs share that lead to the same weights. */
  String fingerprint() {
    return progress.fingerprint();
  }

  private Optional<String> configChanges() {
    return ConfigDifference.sinceRun(folder.config(), config);
  }

  /** Trains, with the folder's log and checkpoints. */
  RunResult in(RunFolder claimed) throws IOException {
    folder = claimed;
    checkpoints = new Checkpoints(folder, recipe.keepCheckpoints());
    if (options.mode() == StartMode.RESUME) {
      progress = checkpoints.load(progress, identity, this::configChanges, trainer.state());
      trainer.resumeAt(progress.iteration(), progress.steps(), progress.epoch());
      secondsBefore = progress.seconds();
      say("resumed in epoch %d at iteration %d", progress.epoch() + 1, progress.batch());
    }
    acceleration = ExecutorTrainers.acceleration(context, job, spark.workers());
    say(
        "%s and %s in %d classes; %s; %s of %s each, averaging every %s moves %.1f MB a worker each"
            + " way; %s",
        Count.of(images.train().size(), "training image"),
        Count.of(images.test().size(), "test image"),
        images.labels().size(),
        Count.of(trainer.graph().numParams(), "parameter"),
        Count.of(spark.workers(), "worker"),
        Count.of(spark.batchPerWorker(), "image"),
        Count.of(spark.averagingFrequency(), "iteration"),
        NetworkState.of(trainer).bytes() / 1e6,
        acceleration);
    images.listing().notes().forEach(note -> say("%s", note));
    folder.writeConfig(ConfigFiles.write(config));
    folder.writeData(identity);
    folder.writeMetrics(progress.metrics());
    while (progress.epoch() < recipe.epochs()) {
      if (!trainEpoch()) {
        say("stopped in epoch %d; --resume goes on", progress.epoch() + 1);
        return finish(RunResult.State.STOPPED);
      }
    }
    return finish(RunResult.State.DONE);
  }

  /** False when the run is to stop before the epoch's end. */
  private boolean trainEpoch() throws IOException {
    int[] order = plan.order(progress.epoch());
    int iterations = plan.iterationsPerEpoch();
    int globalBatch = spark.workers() * spark.batchPerWorker();
    double lastCheckpoint = seconds();
    double rate = trainer.learningRate();
    double epochStart = seconds() - progress.epochSeconds();
    double lossSum = progress.lossSum();
    long seen = progress.images();
    for (int from = progress.batch(); from < iterations; ) {
      int to = Math.min(iterations, from + spark.averagingFrequency());
      var shares = plan.round(order, progress.epoch(), from, to);
      rate = trainer.learningRate();
      double loss = master.round(graph, shares, source, progress.epoch());
      if (!Double.isFinite(loss)) {
        throw new DivergedException(trainer.iteration(), "the loss is not finite");
      }
      int images = (to - from) * globalBatch;
      lossSum += loss * images;
      seen += images;
      tellListeners(loss);
      from = to;
      boolean stop = options.stop().getAsBoolean();
      boolean due =
          recipe.checkpointMinutes() > 0
              && seconds() - lastCheckpoint > 60 * recipe.checkpointMinutes();
      if ((stop || due) && from < iterations) {
        checkpoint(now(from, lossSum, seen, seconds() - epochStart));
        lastCheckpoint = seconds();
        if (stop) {
          return false;
        }
      }
    }
    finishEpoch(now(iterations, lossSum, seen, seconds() - epochStart), rate);
    return !options.stop().getAsBoolean() || progress.epoch() == recipe.epochs();
  }

  /** They hear of each round, with the averaged network. */
  private void tellListeners(double loss) {
    trainer.graph().setScore(loss);
    int done = (int) trainer.iteration() - 1;
    options
        .listeners()
        .forEach(listener -> listener.iterationDone(trainer.graph(), done, progress.epoch()));
  }

  private Progress now(int iteration, double lossSum, long seen, double epochSeconds) {
    return new Progress(
        progress.fingerprint(),
        progress.data(),
        progress.epoch(),
        iteration,
        trainer.iteration(),
        (int) trainer.iteration(),
        lossSum,
        seen,
        epochSeconds,
        seconds(),
        progress.bestEpoch(),
        progress.bestTop1(),
        progress.metrics());
  }

  private void finishEpoch(Progress trained, double rate) throws IOException {
    int number = progress.epoch() + 1;
    boolean test = number % recipe.evaluateEvery() == 0 || number == recipe.epochs();
    Progress tested = test ? evaluate(trained, number) : trained;
    EpochMetrics metrics =
        new EpochMetrics(
            number,
            trainer.iteration(),
            rate,
            trained.lossSum() / Math.max(1, trained.images()),
            test ? lastEvaluation.loss() : null,
            test ? lastEvaluation.top1() : null,
            test ? lastEvaluation.top5() : null,
            trained.images() / Math.max(1e-9, trained.epochSeconds()),
            seconds());
    checkpoint(tested.nextEpoch(metrics));
    folder.writeMetrics(progress.metrics());
    folder.publish().ifPresent(note -> say("%s", note));
    say(
        "epoch %d/%d: loss %.4f, test loss %s, top-1 %s, %.0f images/s",
        number,
        recipe.epochs(),
        metrics.trainLoss(),
        metrics.testLoss(),
        metrics.top1(),
        metrics.imagesPerSecond());
  }

  /** Tests the averaged weights where there are any, and keeps them when they are the result. */
  private Progress evaluate(Progress trained, int number) throws IOException {
    try {
      return trainer.withAverage(
          () -> {
            try {
              lastEvaluation = test(NetworkState.of(trainer));
              boolean best = lastEvaluation.top1() > trained.bestTop1();
              if (best || recipe.select() == TrainingConfig.Select.LAST) {
                writeModel(folder.model());
                modelEvaluation = lastEvaluation;
                return trained.withBest(number, lastEvaluation.top1());
              }
              return trained;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void checkpoint(Progress now) throws IOException {
    checkpoints.save(now, trainer.state());
    progress = now;
  }

  /** Accuracy of model.zip on the images that were kept for the end. */
  private OptionalDouble finalTop1() throws IOException {
    if (images.finalTest().isEmpty()) {
      return OptionalDouble.empty();
    }
    ComputationGraph model = (ComputationGraph) ModelZip.load(folder.model()).network();
    double top1 = test(NetworkState.of(model), images.finalTest().get()).top1();
    say("top-1 of test, at the end: %.2f %%", 100 * top1);
    return OptionalDouble.of(top1);
  }

  private Evaluation test(NetworkState state) throws IOException {
    return test(state, images.test());
  }

  private Evaluation test(NetworkState state, List<ImageRef> tested) throws IOException {
    return ClusterEvaluation.of(context, job, state, tested, images.labels(), hadoop);
  }

  private void writeModel(Path file) throws IOException {
    ModelMetadata metadata =
        FinishedRun.metadata(config, job.spec(), images.labels())
            .withProvenance("spark", spark.toString());
    ModelZipWriter.of(trainer.graph(), metadata).write(file);
  }

  private RunResult finish(RunResult.State state) throws IOException {
    if (state == RunResult.State.DONE && trainer.hasAverage()) {
      writeModel(folder.rawModel());
    }
    RunResult result =
        RunResult.of(
            folder,
            config,
            progress,
            seconds(),
            trainer.graph().numParams(),
            Math.toIntExact(badImageCount.value()),
            state);
    if (!progress.metrics().isEmpty()) {
      folder.writeCurves(progress.metrics());
    }
    if (state == RunResult.State.DONE) {
      Map<String, Object> json =
          ResultFile.of(result, config, acceleration, badImages, trainer.graph().params());
      FurtherTests further = new FurtherTests(OptionalDouble.empty(), finalTop1());
      further.addTo(json);
      folder.writeResult(json);
      new FinishedRun(folder, config, job.spec(), images.labels(), acceleration)
          .writeReport(
              result,
              progress.metrics(),
              further,
              this::modelEvaluation,
              images.testSplit(context.hadoopConfiguration()),
              Set.of());
    }
    return result;
  }

  private Evaluation modelEvaluation(ComputationGraph model) throws IOException {
    if (modelEvaluation == null) { // tested before the run was resumed
      modelEvaluation = test(NetworkState.of(model));
    }
    return modelEvaluation;
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - startNanos) / 1e9;
  }

  private void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    log.accept(line);
    try {
      Files.writeString(
          folder.log(),
          LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
              + " "
              + line
              + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      log.accept(folder.log() + ": cannot be written: " + e.getMessage());
    }
  }
}
