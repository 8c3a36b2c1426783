package io.github.repvgg4j.train;

import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.run.Progress;

/** What is summed over the steps of an epoch. */
final class EpochSums {

  private final double start;
  private final double secondsBefore;
  private double lossSum;
  private long images;

  /**
   * Goes on with an epoch that may have begun before.
   *
   * @param runSeconds so far
   */
  EpochSums(Progress progress, double runSeconds) {
    start = runSeconds;
    lossSum = progress.sums().lossSum();
    images = progress.sums().images();
    secondsBefore = progress.sums().epochSeconds();
  }

  void add(StepSource.Step step) {
    lossSum += step.loss() * step.images();
    images += step.images();
  }

  boolean isEmpty() {
    return images == 0;
  }

  /** The run's progress with this epoch at {@code batch}. */
  Progress at(Progress before, int batch, GraphTrainer trainer, double runSeconds) {
    int steps = trainer.graph().getIterationCount();
    return before.at(
        new Progress.Position(before.epoch(), batch, trainer.iteration(), steps),
        new Progress.Sums(lossSum, images, secondsBefore + runSeconds - start),
        runSeconds);
  }
}
