package io.github.repvgg4j.train;

import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.loop.NoUsableImagesException;
import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Trains a job's network at a rate that rises, and keeps nothing but the losses. */
final class RateFinder {

  private RateFinder() {}

  /**
   * What is tried.
   *
   * @param from first rate
   * @param to last rate
   * @param steps from the one to the other
   */
  record Range(double from, double to, int steps) {
    Range {
      if (!(from > 0) || !(to > from) || steps < 2) {
        throw new IllegalArgumentException(
            "--from, --to, --steps: rates must be more than 0 and rise, in at least 2 steps; got "
                + from
                + ", "
                + to
                + ", "
                + steps);
      }
    }
  }

  /**
   * Ends early where training diverges; no run's folder is touched.
   *
   * @param picture to be written, which must not lie among the images
   */
  static RateCurve run(TrainConfig config, Range range, Path picture) throws IOException {
    Schedule rising = new Schedule.Exponential(range.from, range.to, range.steps);
    try (LocalSteps steps =
        LocalSteps.check(
            config,
            List.of(),
            recipe -> recipe.withSchedule(rising).withAveraging(Averaging.NONE))) {
      steps.requireApart(picture.toAbsolutePath().getParent());
      return curve(steps, range.steps);
    }
  }

  private static RateCurve curve(StepSource steps, int most) throws IOException {
    RateCurve curve = RateCurve.empty();
    for (int epoch = 0; true; epoch++) {
      try (StepSource.Epoch batches = steps.epoch(epoch, 0)) {
        for (StepSource.Step step = batches.next(); step != null; step = batches.next()) {
          if (step.images() > 0) {
            curve = curve.with(steps.trainer().lastLearningRate(), step.loss());
          }
          if (steps.trainer().iteration() >= most || curve.hasDiverged()) {
            return curve;
          }
        }
        if (curve.points().isEmpty()) {
          throw NoUsableImagesException.training();
        }
      } catch (DivergedException e) {
        return curve;
      }
    }
  }
}
