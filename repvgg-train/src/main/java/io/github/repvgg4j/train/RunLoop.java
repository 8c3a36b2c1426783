package io.github.repvgg4j.train;

import io.github.repvgg4j.array.FiniteNumbers;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.model.ModelCost;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.config.ConfigDifference;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.NoUsableImagesException;
import io.github.repvgg4j.train.run.Checkpoints;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Progress;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import io.github.repvgg4j.train.run.TestFigures;
import io.github.repvgg4j.train.run.TimeBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a run of steps, wherever they come from: epochs, checkpoints, tests, the best model, the
 * end by a signal, going on from a checkpoint, the result.
 */
public final class RunLoop {

  private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);

  /** An epoch of so many seconds is kept before it is tested, since a test can fail. */
  private static final double LONG_EPOCH = 60;

  private final StepSource.Job job;
  private final TrainingConfig recipe;
  private final StepSource steps;
  private final GraphTrainer trainer;
  private final RunFolder folder;
  private final RunOptions options;
  private final RunListener listener;
  private final Checkpoints checkpoints;
  private final Clock clock;
  private Progress progress;
  private double savedAt;
  private TimeBudget budget;
  private Evaluation lastEvaluation;
  private Evaluation modelEvaluation;

  private RunLoop(StepSource steps, RunFolder folder, RunOptions options, RunListener listener) {
    this.steps = steps;
    this.job = steps.job();
    this.recipe = job.config().training();
    this.trainer = steps.trainer();
    trainer.watch(options.watchers());
    this.folder = folder;
    this.options = options;
    this.listener = listener;
    this.clock = new Clock(options.nanoTime());
    this.checkpoints = new Checkpoints(folder, recipe.keepCheckpoints());
    this.progress = Progress.start(job.fingerprint(), job.images().identity());
  }

  /**
   * Trains in the job's folder. An earlier run there stays whole until the new one has a model to
   * put in its place.
   *
   * @param steps not closed here
   * @throws IOException data, folder or disk: one line for the user
   * @throws io.github.repvgg4j.train.loop.DivergedException the loss is no number any more; the
   *     last checkpoint is whole
   */
  public static RunResult run(StepSource steps, RunOptions options, RunListener listener)
      throws IOException {
    Path place = steps.job().config().folder();
    try (RunFolder folder = RunFolder.claim(place, options.mode(), steps.job().fingerprint())) {
      folder.openLog();
      RunLoop loop = new RunLoop(steps, folder, options, listener);
      try {
        return loop.run();
      } catch (IOException | RuntimeException e) {
        loop.failed(e);
        throw e;
      }
    }
  }

  /** What ended a run stands in its log too. */
  private void failed(Exception failure) {
    if (failure instanceof BadImageException) {
      say("with data.onBadImage: skip, --resume goes on without such images");
    }
    log("ended by an error: " + FailureWords.of(failure));
  }

  private RunResult run() throws IOException {
    if (options.mode() == StartMode.RESUME) {
      resume();
    }
    begin();
    if (progress.best().bestEpoch() > 0) {
      folder.publish().ifPresent(this::say); // where the run died before it could be
    }
    while (!isDone()) {
      if (!trainEpoch()) {
        log("stopped in epoch " + (progress.epoch() + 1) + "; --resume goes on");
        return finish(RunResult.State.STOPPED);
      }
    }
    if (!isLast(progress.epoch(), progress.iteration())) {
      say(
          String.format(
              Locale.ROOT,
              "no better test in the last %d: ended after epoch %d (training.patience)",
              recipe.patience(),
              progress.epoch()));
    }
    return finish(RunResult.State.DONE);
  }

  private boolean isDone() {
    boolean patient =
        recipe.patience() == 0 || progress.testsWithoutBetter(recipe.measure()) < recipe.patience();
    return progress.batch() == 0 && (!patient || isLast(progress.epoch(), progress.iteration()));
  }

  /**
   * @param epochs that are over
   */
  private boolean isLast(int epochs, long iteration) {
    return budget == null ? epochs >= recipe.epochs() : budget.isOver(iteration);
  }

  private void resume() throws IOException {
    progress =
        checkpoints.load(
            progress,
            job.images().identity(),
            () -> ConfigDifference.sinceRun(folder.config(), job.config()),
            trainer.state());
    trainer.resumeAt(progress.iteration(), progress.steps(), progress.epoch());
    steps.remember(progress.badImages());
    clock.startAt(progress.seconds());
    log("resumed in epoch " + (progress.epoch() + 1) + " at batch " + progress.batch());
  }

  private void begin() throws IOException {
    StepSource.Images images = job.images();
    long parameters = ModelCost.parameters(steps.network());
    log(
        Count.of(images.train(), "training image")
            + ", "
            + Count.of(images.test().size(), "test image")
            + ", "
            + Count.of(images.labels().size(), "class", "classes")
            + ", "
            + Count.of(parameters, "parameter")
            + "; "
            + job.acceleration());
    job.notes().forEach(this::say);
    folder.writeConfig(ConfigFiles.write(job.config()));
    folder.writeData(images.identity());
    writeMetrics();
    listener.onStart(
        new RunListener.Start(
            images.train(),
            images.test().size(),
            images.labels().size(),
            parameters,
            recipe.epochs(),
            job.plan(),
            recipe.batchSize(),
            progress.epoch(),
            job.acceleration(),
            recipe.minutes() == null ? OptionalDouble.empty() : OptionalDouble.of(recipe.minutes()),
            recipe.measure()));
    steps.prepare(folder.teacherLogits());
    savedAt = clock.seconds();
    if (recipe.minutes() != null) {
      keepTime(images);
    }
  }

  private void keepTime(StepSource.Images images) {
    TimeBudget.Plan plan =
        new TimeBudget.Plan(
            60 * recipe.minutes(),
            steps.course(),
            recipe.evaluateEvery(),
            (double) images.test().size() / images.train(),
            FurtherTests.length(recipe.testTimeAveraging(), images));
    budget = new TimeBudget(plan, progress.lengths());
    budget.begins(clock.seconds());
    trainer.follow(budget);
  }

  /** After a step; true where the run's time is over. */
  private boolean isTimeOver() {
    if (budget == null || trainer.hasPendingGradient()) {
      return false;
    }
    if (budget.consider(trainer.iteration(), clock.seconds())) {
      log("to end after update " + budget.end() + ", now at " + trainer.iteration());
    }
    return budget.isOver(trainer.iteration());
  }

  private Progress at(EpochSums sums, int batch) {
    Progress now = sums.at(progress, batch, trainer, clock.seconds());
    return budget == null ? now : now.withLengths(budget.lengths());
  }

  /** False when the run is to stop before its end. */
  private boolean trainEpoch() throws IOException {
    EpochSums sums = new EpochSums(progress, clock.seconds());
    // An epoch ends in time when it has trained something, else it would have no loss.
    boolean over = budget != null && !sums.isEmpty() && budget.isOver(trainer.iteration());
    trainer.startEpoch();
    int batch = progress.batch();
    try (StepSource.Epoch epoch =
        steps.epoch(progress.epoch(), batch, progress.updatesBeforeEpoch())) {
      listener.onEpochStart(progress.epoch(), epoch.batches());
      StepSource.Step step = over ? null : epoch.next();
      for (; step != null; step = over ? null : epoch.next()) {
        batch += step.batches();
        if (step.images() > 0) {
          sums.add(step);
          listener.onBatch(progress.epoch(), batch - 1, step.loss());
        }
        over = !sums.isEmpty() && isTimeOver();
        boolean stop = options.stop().getAsBoolean();
        boolean due =
            recipe.checkpointMinutes() > 0
                && clock.seconds() - savedAt > 60 * recipe.checkpointMinutes();
        if ((stop || due) && !over && !trainer.hasPendingGradient() && batch < epoch.batches()) {
          checkpoint(at(sums, batch));
          if (stop) {
            return false;
          }
        }
      }
    }
    if (batch > 0 && sums.isEmpty()) {
      throw NoUsableImagesException.training();
    }
    trainer.endEpoch();
    isTimeOver(); // what was accumulated is an update only now
    return finishEpoch(at(sums, batch));
  }

  /**
   * False when the run is to stop: before the epoch is tested, which is then done when the run goes
   * on, or before the next one.
   */
  private boolean finishEpoch(Progress trained) throws IOException {
    int number = progress.epoch() + 1;
    boolean due = number % recipe.evaluateEvery() == 0 || isLast(number, trainer.iteration());
    if (due
        && clock.seconds() - savedAt > LONG_EPOCH
        && FiniteNumbers.are(steps.network().params())) {
      checkpoint(trained);
    }
    Optional<Progress> tested =
        due ? trainer.withAverage(() -> test(trained, number)) : Optional.of(trained);
    if (tested.isEmpty()) {
      checkpoint(trained);
      return false;
    }
    EpochMetrics metrics =
        EpochMetrics.of(
            new EpochMetrics.Trained(
                number,
                trainer.iteration(),
                trainer.lastLearningRate(),
                trained.meanLoss(),
                trained.imagesPerSecond()),
            due ? lastEvaluation.figures() : TestFigures.NONE,
            clock.seconds());
    Progress next = tested.get().nextEpoch(metrics);
    checkpoint(budget == null ? next : next.withLengths(budget.lengths()));
    writeMetrics();
    folder.publish().ifPresent(this::say);
    log(
        "epoch "
            + number
            + ": trainLoss "
            + metrics.trainLoss()
            + " testLoss "
            + metrics.testLoss()
            + " "
            + recipe.measure().key()
            + " "
            + recipe.measure().of(metrics));
    listener.onEpoch(metrics);
    return !options.stop().getAsBoolean() || isDone();
  }

  /**
   * Tests the averaged weights where there are any, and keeps them when they are the result.
   *
   * @return empty where the test was stopped
   */
  private Optional<Progress> test(Progress trained, int number) throws IOException {
    double start = clock.seconds();
    Optional<Evaluation> evaluation =
        steps.test(steps.network(), StepSource.Part.TEST, TestTimeAveraging.NONE, options.stop());
    if (evaluation.isEmpty()) {
      return Optional.empty();
    }
    lastEvaluation = evaluation.get();
    if (budget != null) {
      budget.tested(clock.seconds() - start);
    }
    if (!Double.isFinite(lastEvaluation.loss())) {
      throw new DivergedException(trainer.iteration(), "the network answers NaN to test images");
    }
    double score = recipe.measure().of(lastEvaluation.figures());
    boolean best = score > trained.best().bestScore();
    if (best || recipe.select() == TrainingConfig.Select.LAST) {
      writeModel(folder.model());
      modelEvaluation = lastEvaluation;
      return Optional.of(trained.withBest(new Progress.Best(number, score)));
    }
    return Optional.of(trained);
  }

  private void checkpoint(Progress now) throws IOException {
    progress = now.withBadImages(steps.badImages());
    checkpoints.save(progress, trainer.state());
    savedAt = clock.seconds();
  }

  private void writeMetrics() throws IOException {
    folder.writeMetrics(progress.metrics());
    if (job.config().output().tensorboard()) {
      folder.writeEvents(progress.metrics());
    }
  }

  private void writeModel(Path file) throws IOException {
    ModelZipWriter.of(steps.network(), FinishedRun.metadata(job)).write(file);
  }

  private RunResult finish(RunResult.State state) throws IOException {
    if (state == RunResult.State.DONE && trainer.hasAverage()) {
      writeModel(folder.rawModel());
    }
    RunResult result = RunResult.of(folder, steps, progress, clock.seconds(), state);
    if (!progress.metrics().isEmpty()) {
      folder.writeCurves(progress.metrics());
    }
    if (state == RunResult.State.DONE) {
      new FinishedRun(folder, steps, this::say)
          .write(result, progress.metrics(), Optional.ofNullable(modelEvaluation));
    }
    return result.withBadImages(steps.badImageCount());
  }

  private void say(String note) {
    log(note);
    listener.onNote(note);
  }

  private void log(String line) {
    LOG.info("{}", line);
    folder.log(line);
  }
}
