package io.github.repvgg4j.train.config;

import io.github.repvgg4j.model.InputShape;
import java.util.List;

/**
 * Training images of another size in the first epochs; test images always have the network's own.
 *
 * @param untilEpoch last epoch of this size, from 1
 * @param side height of the images, pixels; the width keeps the proportions of the input
 */
public record ProgressiveConfig(Integer untilEpoch, Integer side) {

  private static final int SMALLEST = 8;

  public ProgressiveConfig {
    if (untilEpoch == null || side == null) {
      throw new IllegalArgumentException((side == null ? "side" : "untilEpoch") + ": is required");
    }
    untilEpoch = Check.atLeast(1, "untilEpoch", untilEpoch, 1);
    side = Check.atLeast(SMALLEST, "side", side, SMALLEST);
  }

  static List<ProgressiveConfig> checked(List<ProgressiveConfig> steps) {
    for (int i = 1; i < steps.size(); i++) {
      if (steps.get(i).untilEpoch <= steps.get(i - 1).untilEpoch) {
        throw new IllegalArgumentException(
            "progressive: untilEpoch must rise, got "
                + steps.stream().map(ProgressiveConfig::untilEpoch).toList());
      }
    }
    return List.copyOf(steps);
  }

  /**
   * @param epoch from 0
   * @param input of the network
   */
  static InputShape size(List<ProgressiveConfig> steps, int epoch, InputShape input) {
    for (ProgressiveConfig step : steps) {
      if (epoch < step.untilEpoch) {
        int width = Math.max(1, Math.round((float) step.side * input.width() / input.height()));
        return new InputShape(input.channels(), step.side, width);
      }
    }
    return input;
  }
}
