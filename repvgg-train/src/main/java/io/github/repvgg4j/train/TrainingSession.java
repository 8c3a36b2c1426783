package io.github.repvgg4j.train;

import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.BatchLoader;
import io.github.repvgg4j.data.DataIdentity;
import io.github.repvgg4j.data.ImageBatch;
import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.data.ImagePreprocessor;
import io.github.repvgg4j.data.ImageSplit;
import io.github.repvgg4j.data.TestTimeAveraging;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.ConfigDifference;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.run.Checkpoints;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Progress;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run while it runs. */
final class TrainingSession implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingSession.class);

  private final TrainConfig config;
  private final TrainingConfig recipe;
  private final RunFolder folder;
  private final ImageData images;
  private final List<String> labels;
  private final DataIdentity identity;
  private final BadImages badImages;
  private final RunOptions options;
  private final RunListener listener;
  private final RepVggSpec spec;
  private final BatchLoader trainLoader;
  private final BatchLoader testLoader;
  private final RunNetwork network;
  private final GraphTrainer trainer;
  private final Checkpoints checkpoints;
  private final Clock clock = new Clock();
  private final int trainImages;
  private final ImageSplit testSplit;
  private Progress progress;
  private Evaluation lastEvaluation;
  private Evaluation modelEvaluation;

  TrainingSession(TrainingJob job, RunFolder folder, RunOptions options, RunListener listener) {
    this.images = job.images();
    this.config = job.config();
    this.identity = job.identity();
    this.recipe = config.training();
    this.folder = folder;
    this.labels = images.labels();
    this.badImages = new BadImages(config.data().onBadImage());
    this.options = options;
    this.listener = listener;
    this.spec = job.spec();
    this.network = job.network();
    Preprocessing preprocessing = config.data().preprocessing();
    ImagePreprocessor preprocessor = new ImagePreprocessor(preprocessing, spec.input());
    long cacheBytes = (long) config.data().cacheMiB() << 20;
    int threads = config.data().threads();
    this.trainLoader =
        new BatchLoader(
            images.train(),
            labels.size(),
            preprocessor,
            new BatchLoader.Options(
                BatchLoader.Order.SHUFFLED,
                recipe.batchSize(),
                threads,
                recipe.seed(),
                cacheBytes,
                config.data().augment().augmentations(spec.input(), preprocessing),
                recipe.targets()),
            badImages);
    this.testLoader =
        new BatchLoader(
            images.test(),
            labels.size(),
            preprocessor,
            BatchLoader.Options.evaluation(recipe.batchSize(), threads, cacheBytes),
            badImages);
    this.trainer =
        new GraphTrainer(network.trained(), recipe.recipe(trainLoader.batches()), network.source());
    this.checkpoints = new Checkpoints(folder, recipe.keepCheckpoints());
    this.progress = Progress.start(job.fingerprint(), identity);
    this.trainImages = images.train().size();
    this.testSplit = images.test();
  }

  RunResult run() throws IOException {
    if (options.mode() == StartMode.RESUME) {
      resume();
    }
    LOG.info(
        "{} training images, {} test images, {} classes, {} parameters; {}",
        trainImages,
        testSplit.size(),
        labels.size(),
        network.whole().numParams(),
        network.acceleration());
    images.notes().forEach(this::say);
    folder.writeConfig(ConfigFiles.write(config));
    folder.writeData(identity);
    folder.writeMetrics(progress.metrics());
    listener.onStart(
        new RunListener.Start(
            trainImages,
            testSplit.size(),
            labels.size(),
            network.whole().numParams(),
            recipe.epochs(),
            trainLoader.batches(),
            recipe.batchSize(),
            progress.epoch(),
            network.acceleration()));
    while (progress.epoch() < recipe.epochs()) {
      if (!trainEpoch()) {
        LOG.info("stopped in epoch {}; --resume goes on", progress.epoch() + 1);
        return finish(RunResult.State.STOPPED);
      }
    }
    return finish(RunResult.State.DONE);
  }

  private void resume() throws IOException {
    progress = checkpoints.load(progress, identity, this::configChanges, trainer.state());
    trainer.resumeAt(progress.iteration(), progress.steps(), progress.epoch());
    clock.startAt(progress.seconds());
    LOG.info("resumed in epoch {} at batch {}", progress.epoch() + 1, progress.batch());
  }

  private Optional<String> configChanges() {
    return ConfigDifference.sinceRun(folder.config(), config);
  }

  /** False when the run is to stop before the epoch's end. */
  private boolean trainEpoch() throws IOException {
    EpochSums sums = new EpochSums(progress);
    double lastCheckpoint = clock.seconds();
    double rate = trainer.learningRate();
    trainer.startEpoch();
    int batch = progress.batch();
    InputShape size = recipe.trainingSize(progress.epoch(), spec.input());
    try (BatchLoader.Epoch epoch = trainLoader.epoch(progress.epoch(), batch, size)) {
      for (ImageBatch images = epoch.next(); images != null; images = epoch.next()) {
        if (images.size() > 0) {
          rate = trainer.learningRate();
          sums.add(step(images), images.size());
          listener.onBatch(progress.epoch(), batch, sums.last());
        }
        batch++;
        boolean stop = options.stop().getAsBoolean();
        boolean due =
            recipe.checkpointMinutes() > 0
                && clock.seconds() - lastCheckpoint > 60 * recipe.checkpointMinutes();
        if ((stop || due) && !trainer.hasPendingGradient() && batch < trainLoader.batches()) {
          checkpoint(sums.at(progress, batch, trainer, clock.seconds()));
          lastCheckpoint = clock.seconds();
          if (stop) {
            return false;
          }
        }
      }
    }
    trainer.endEpoch();
    finishEpoch(sums, batch, rate);
    return !options.stop().getAsBoolean() || progress.epoch() == recipe.epochs();
  }

  private double step(ImageBatch images) {
    try (INDArray pixels = Floats.array(images.features(), images.shape());
        INDArray targets = Floats.array(images.targets(), images.targetShape())) {
      if (network.frozenStages() == 0) {
        return trainer.step(pixels, targets);
      }
      try (INDArray features = network.frozenFeatures(pixels)) {
        return trainer.step(features, targets);
      }
    }
  }

  private void finishEpoch(EpochSums sums, int batch, double rate) throws IOException {
    Progress trained = sums.at(progress, batch, trainer, clock.seconds());
    int number = progress.epoch() + 1;
    boolean test = number % recipe.evaluateEvery() == 0 || number == recipe.epochs();
    if (test) {
      trained = evaluate(trained, number);
    }
    EpochMetrics metrics =
        new EpochMetrics(
            number,
            trainer.iteration(),
            rate,
            sums.meanLoss(),
            test ? lastEvaluation.loss() : null,
            test ? lastEvaluation.top1() : null,
            test ? lastEvaluation.top5() : null,
            sums.imagesPerSecond(),
            clock.seconds());
    checkpoint(trained.nextEpoch(metrics));
    folder.writeMetrics(progress.metrics());
    folder.publish().ifPresent(this::say);
    LOG.info(
        "epoch {}: trainLoss {} testLoss {} top1 {}",
        number,
        metrics.trainLoss(),
        metrics.testLoss(),
        metrics.top1());
    listener.onEpoch(metrics);
  }

  /** Tests the averaged weights where there are any, and keeps them when they are the result. */
  private Progress evaluate(Progress trained, int number) throws IOException {
    try {
      return trainer.withAverage(
          () -> {
            try {
              lastEvaluation = Evaluation.of(network.whole(), testLoader, labels.size());
              boolean best = lastEvaluation.top1() > trained.bestTop1();
              if (best || recipe.select() == TrainingConfig.Select.LAST) {
                writeModel(folder.model());
                modelEvaluation = lastEvaluation;
                return trained.withBest(number, lastEvaluation.top1());
              }
              return trained;
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void checkpoint(Progress now) throws IOException {
    checkpoints.save(now, trainer.state());
    progress = now;
  }

  private void writeModel(Path file) throws IOException {
    network.takeCounts();
    ModelZipWriter.of(network.whole(), FinishedRun.metadata(config, spec, labels)).write(file);
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
            clock.seconds(),
            network.whole().numParams(),
            badImages.found().size(),
            state);
    if (!progress.metrics().isEmpty()) {
      folder.writeCurves(progress.metrics());
    }
    if (state == RunResult.State.DONE) {
      Map<String, Object> json =
          ResultFile.of(
              result, config, network.acceleration(), badImages, network.whole().params());
      FurtherTests further = new FurtherTests(averagedTop1(), finalTop1());
      further.addTo(json);
      folder.writeResult(json);
      new FinishedRun(folder, config, spec, labels, network.acceleration())
          .writeReport(
              result,
              progress.metrics(),
              further,
              this::modelEvaluation,
              testSplit,
              badImages.found().keySet());
    }
    return result;
  }

  /** Test accuracy of model.zip with several copies of each image; nothing is chosen by it. */
  private OptionalDouble averagedTop1() throws IOException {
    if (recipe.testTimeAveraging() == TestTimeAveraging.NONE) {
      return OptionalDouble.empty();
    }
    ComputationGraph graph = (ComputationGraph) ModelZip.load(folder.model()).network();
    Accelerator.enable(graph, config.backend().accelerate());
    double top1 =
        Evaluation.of(graph, testLoader, labels.size(), recipe.testTimeAveraging()).top1();
    LOG.info("top1 averaged over copies ({}): {}", recipe.testTimeAveraging(), top1);
    return OptionalDouble.of(top1);
  }

  /** Accuracy of model.zip on the images that were kept for the end. */
  private OptionalDouble finalTop1() throws IOException {
    if (images.finalTest().isEmpty()) {
      return OptionalDouble.empty();
    }
    ComputationGraph graph = (ComputationGraph) ModelZip.load(folder.model()).network();
    Accelerator.enable(graph, config.backend().accelerate());
    BatchLoader.Options once =
        BatchLoader.Options.evaluation(recipe.batchSize(), config.data().threads(), 0);
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(config.data().preprocessing(), spec.input());
    try (BatchLoader loader =
        new BatchLoader(images.finalTest().get(), labels.size(), preprocessor, once, badImages)) {
      double top1 = Evaluation.of(graph, loader, labels.size()).top1();
      say(String.format(Locale.ROOT, "top-1 of test, at the end: %.2f %%", 100 * top1));
      return OptionalDouble.of(top1);
    }
  }

  private void say(String note) {
    LOG.info("{}", note);
    listener.onNote(note);
  }

  private Evaluation modelEvaluation(ComputationGraph model) throws IOException {
    if (modelEvaluation == null) { // tested before the run was resumed
      Accelerator.enable(model, config.backend().accelerate());
      modelEvaluation = Evaluation.of(model, testLoader, labels.size());
    }
    return modelEvaluation;
  }

  @Override
  public void close() {
    trainer.close();
    trainLoader.close();
    testLoader.close();
  }
}
