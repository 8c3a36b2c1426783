package io.github.repvgg4j.train;

import io.github.repvgg4j.model.ModelCost;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Progress;
import io.github.repvgg4j.train.run.RunFolder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run came to; {@code result.json} holds it.
 *
 * @param folder of the run
 * @param model model.zip
 * @param data folder or zip of the images
 * @param top1 test accuracy of model.zip; NaN where classes do not exclude each other
 * @param lastTop1 test accuracy after the last epoch
 * @param best the epoch of model.zip with all its figures; empty before the first test
 * @param bestEpoch epoch of model.zip, from 1
 * @param epochs trained
 * @param seconds in all
 * @param parameters of the network that training changes
 * @param badImages left out
 * @param state done, or stopped before the end (resumable)
 * @param replacing stopped before it had a model to replace an earlier run, which is still whole
 */
public record RunResult(
    Path folder,
    Path model,
    Path data,
    double top1,
    double lastTop1,
    Optional<EpochMetrics> best,
    int bestEpoch,
    int epochs,
    double seconds,
    long parameters,
    int badImages,
    State state,
    boolean replacing) {

  /**
   * @param progress to which the run has come
   * @param seconds in all
   */
  static RunResult of(
      RunFolder folder, StepSource steps, Progress progress, double seconds, State state) {
    return new RunResult(
        folder.path(),
        folder.model(),
        Path.of(steps.job().config().data().path()),
        progress.bestTest().map(EpochMetrics::top1).orElse(Double.NaN),
        progress.lastTest().map(EpochMetrics::top1).orElse(Double.NaN),
        progress.bestTest(),
        progress.best().bestEpoch(),
        progress.epoch(),
        seconds,
        ModelCost.parameters(steps.network()),
        steps.badImageCount(),
        state,
        folder.isWaiting());
  }

  /** The same run, after more of its images were looked at. */
  RunResult withBadImages(int count) {
    return new RunResult(
        folder,
        model,
        data,
        top1,
        lastTop1,
        best,
        bestEpoch,
        epochs,
        seconds,
        parameters,
        count,
        state,
        replacing);
  }

  /** How the run ended. */
  public enum State {
    DONE,
    STOPPED
  }
}
