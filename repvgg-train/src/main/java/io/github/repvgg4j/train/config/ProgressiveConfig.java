package io.github.repvgg4j.train.config;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.List;

/**
 * Training images of another size in the first epochs; test images always have the network's own.
 *
 * @param untilEpoch last epoch of this size, from 1
 * @param side height of the images, pixels; the width keeps the proportions of the input
 */
public record ProgressiveConfig(
    @Limit(required = true, min = 1) Integer untilEpoch,
    @Limit(required = true, min = 8) Integer side) {

  private static final Limits LIMITS = Limits.of(ProgressiveConfig.class);

  public ProgressiveConfig {
    untilEpoch = LIMITS.value("untilEpoch", untilEpoch);
    side = LIMITS.value("side", side);
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
