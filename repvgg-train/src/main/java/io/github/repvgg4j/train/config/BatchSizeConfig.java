package io.github.repvgg4j.train.config;

import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.List;

/**
 * Batches of another size from some point of the run on (Smith et al., Don't Decay the Learning
 * Rate, Increase the Batch Size, arXiv 1711.00489).
 *
 * @param epoch epochs that are over then, fractions too; or null
 * @param iteration updates that are over then; or null
 * @param size images a batch
 */
public record BatchSizeConfig(
    @Limit(min = 0) Double epoch,
    @Limit(min = 0) Long iteration,
    @Limit(required = true, min = 1) Integer size) {

  private static final Limits LIMITS = Limits.of(BatchSizeConfig.class);

  public BatchSizeConfig {
    epoch = LIMITS.value("epoch", epoch);
    iteration = LIMITS.value("iteration", iteration);
    size = LIMITS.value("size", size);
    if ((epoch == null) == (iteration == null)) {
      throw new IllegalArgumentException(
          "epoch: give either epoch or iteration, from which the size holds");
    }
  }

  private double begin() {
    return epoch == null ? iteration : epoch;
  }

  boolean holds(double epochsOver, long updatesOver) {
    return epoch == null ? updatesOver >= iteration : epochsOver >= epoch;
  }

  /** Its point in the run. */
  String text() {
    return epoch == null ? "iteration " + iteration : "epoch " + epoch;
  }

  /** As they are given: all by epochs or all by iterations, rising. */
  static List<BatchSizeConfig> checked(List<BatchSizeConfig> steps) {
    for (int i = 1; i < steps.size(); i++) {
      BatchSizeConfig before = steps.get(i - 1);
      BatchSizeConfig step = steps.get(i);
      if ((before.epoch == null) != (step.epoch == null)) {
        throw new IllegalArgumentException(
            "batchSizeSchedule: say all by epoch or all by iteration");
      }
      if (step.begin() <= before.begin()) {
        throw new IllegalArgumentException(
            "batchSizeSchedule: "
                + (step.epoch == null ? "iteration" : "epoch")
                + " must rise, got "
                + steps.stream().map(s -> s.epoch == null ? s.iteration : s.epoch).toList());
      }
    }
    return List.copyOf(steps);
  }

  /**
   * @param first size before the first step
   */
  static Course.Sizes sizes(int first, List<BatchSizeConfig> steps) {
    return (epochsOver, updatesOver) -> {
      int size = first;
      for (BatchSizeConfig step : steps) {
        size = step.holds(epochsOver, updatesOver) ? step.size : size;
      }
      return size;
    };
  }
}
