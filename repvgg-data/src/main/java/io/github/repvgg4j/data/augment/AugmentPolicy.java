package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/**
 * One or two operations drawn by a published policy, defined as in torchvision 0.14.
 *
 * @param kind which policy
 * @param ops operations an image, for {@link Kind#RANDAUGMENT}
 * @param magnitude step of 0 to 30, for {@link Kind#RANDAUGMENT}
 * @param red what comes from outside the image, 0 to 255
 * @param green what comes from outside the image, 0 to 255
 * @param blue what comes from outside the image, 0 to 255
 */
public record AugmentPolicy(Kind kind, int ops, int magnitude, int red, int green, int blue)
    implements Augmentation {

  private static final int STEPS = 31;
  private static final List<PolicyOp> RANDOM_OPS =
      List.of(PolicyOp.values()).subList(0, PolicyOp.INVERT.ordinal());

  /** Published policies. */
  public enum Kind {
    /** Cubuk et al. 2019: operations of one strength. */
    RANDAUGMENT,
    /** Müller and Hutter 2021, the wide space: one operation of any strength. */
    TRIVIALAUGMENT,
    /** Cubuk et al. 2018, learned on CIFAR-10. */
    AUTOAUGMENT_CIFAR,
    /** Cubuk et al. 2018, learned on ImageNet. */
    AUTOAUGMENT_IMAGENET
  }

  /** One operation with the strength that was drawn. */
  record Step(PolicyOp op, double magnitude) {}

  public AugmentPolicy {
    if (ops < 1 || magnitude < 0 || magnitude >= STEPS) {
      throw new IllegalArgumentException(
          "policy: needs at least 1 operation and a magnitude in 0 to 30, got "
              + ops
              + " and "
              + magnitude);
    }
  }

  @Override
  public RgbImage apply(RgbImage image, Draw draw) {
    byte[] fill = {(byte) red, (byte) green, (byte) blue};
    RgbImage result = image;
    for (Step step : steps(image.width(), image.height(), draw)) {
      result = step.op.apply(result, step.magnitude, fill);
    }
    return result;
  }

  /** What is to be done to an image of this size. */
  List<Step> steps(int width, int height, Draw draw) {
    return switch (kind) {
      case RANDAUGMENT -> {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < ops; i++) {
          PolicyOp op = RANDOM_OPS.get(draw.integer(RANDOM_OPS.size()));
          double size = MagnitudeRange.USUAL.at(op, magnitude, STEPS, width, height);
          steps.add(signed(op, size, draw.chance(0.5)));
        }
        yield steps;
      }
      case TRIVIALAUGMENT -> {
        PolicyOp op = RANDOM_OPS.get(draw.integer(RANDOM_OPS.size()));
        double size = MagnitudeRange.WIDE.at(op, draw.integer(STEPS), STEPS, width, height);
        yield List.of(signed(op, size, draw.chance(0.5)));
      }
      case AUTOAUGMENT_CIFAR -> learned(LearnedPolicy.CIFAR10, width, height, draw);
      case AUTOAUGMENT_IMAGENET -> learned(LearnedPolicy.IMAGENET, width, height, draw);
    };
  }

  private static List<Step> learned(
      List<List<LearnedPolicy.Entry>> policies, int width, int height, Draw draw) {
    List<Step> steps = new ArrayList<>();
    for (LearnedPolicy.Entry entry : policies.get(draw.integer(policies.size()))) {
      boolean happens = draw.chance(entry.probability());
      boolean negative = draw.chance(0.5);
      if (happens) {
        double size =
            MagnitudeRange.USUAL.at(entry.op(), entry.step(), LearnedPolicy.STEPS, width, height);
        steps.add(signed(entry.op(), size, negative));
      }
    }
    return steps;
  }

  private static Step signed(PolicyOp op, double magnitude, boolean negative) {
    return new Step(
        op, negative && op.strength() == PolicyOp.Strength.SIGNED ? -magnitude : magnitude);
  }
}
