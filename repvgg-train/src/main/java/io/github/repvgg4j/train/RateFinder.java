package io.github.repvgg4j.train;

import io.github.repvgg4j.machine.TemporaryFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.NoUsableImagesException;
import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Trains a job's network at a rate that rises, and keeps nothing but the losses. */
final class RateFinder {

  private final LocalSteps steps;
  private RateCurve curve = RateCurve.empty();
  private double lossSum;
  private long images;

  private RateFinder(LocalSteps steps) {
    this.steps = steps;
  }

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
      prepare(steps);
      return new RateFinder(steps).curve(range.steps);
    }
  }

  /** A teacher that is to see the images once does so. */
  private static void prepare(LocalSteps steps) throws IOException {
    Path logits = TemporaryFiles.file("teacher", ".bin");
    try {
      Files.delete(logits); // what is there would be read
      steps.prepare(logits);
    } finally {
      Files.deleteIfExists(logits);
    }
  }

  /** Ends after so many updates. */
  private RateCurve curve(int most) throws IOException {
    GraphTrainer trainer = steps.trainer();
    for (int epoch = 0; true; epoch++) {
      try (StepSource.Epoch batches = steps.epoch(epoch, 0, trainer.iteration())) {
        for (StepSource.Step step = batches.next(); step != null; step = batches.next()) {
          lossSum += step.loss() * step.images();
          images += step.images();
          if (!trainer.hasPendingGradient() && ends(most)) {
            return curve;
          }
        }
        trainer.endEpoch();
        if (ends(most)) {
          return curve;
        }
        if (curve.points().isEmpty()) {
          throw NoUsableImagesException.training();
        }
      } catch (DivergedException e) {
        return curve;
      }
    }
  }

  /** After an update: a point of the curve, the mean of the batches that it is made of. */
  private boolean ends(int most) {
    if (images > 0) {
      curve = curve.with(steps.trainer().lastLearningRate(), lossSum / images);
      lossSum = 0;
      images = 0;
    }
    return curve.points().size() >= most || curve.hasDiverged();
  }
}
