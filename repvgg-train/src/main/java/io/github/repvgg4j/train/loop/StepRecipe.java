package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.OptionalLong;

/**
 * What is done with gradients.
 *
 * @param rule update rule
 * @param schedule learning rate by iteration
 * @param clipNorm largest norm of the gradient over all trained parameters, 0 for no limit ({@code
 *     torch.nn.utils.clip_grad_norm_})
 * @param accumulate batches whose gradients make one step, at least 1
 * @param averaging the second set of weights
 * @param rates what moves at another learning rate, or not at all
 * @param customL2 whether the reference's loss on fused kernels stands in for the decay of the
 *     blocks' convolutions, with the rule's weight decay as its strength
 * @param distillation the loss of batches with a teacher
 */
public record StepRecipe(
    UpdateRule rule,
    Schedule schedule,
    double clipNorm,
    int accumulate,
    Averaging averaging,
    Rates rates,
    boolean customL2,
    Distillation distillation) {

  /**
   * Differences between parameters.
   *
   * @param backboneFactor of the learning rate of all but the linear layer, usually 1
   * @param biasFactor of the learning rate of BatchNorm's beta, on top of that; 64 in
   *     KellerJordan/cifar10-airbench
   * @param whitenedUntil where stage 0 whitens its images: kernel and gamma stay as they are, beta
   *     moves for so many planned steps
   */
  public record Rates(double backboneFactor, double biasFactor, OptionalLong whitenedUntil) {

    /** All alike. */
    public static final Rates SAME = new Rates(1, 1, OptionalLong.empty());

    boolean areSame() {
      return backboneFactor == 1 && biasFactor == 1;
    }
  }

  /** The rule and the schedule alone. */
  public static StepRecipe of(UpdateRule rule, Schedule schedule) {
    return new StepRecipe(
        rule, schedule, 0, 1, Averaging.NONE, Rates.SAME, false, Distillation.NONE);
  }

  public StepRecipe withSchedule(Schedule other) {
    return new StepRecipe(
        rule, other, clipNorm, accumulate, averaging, rates, customL2, distillation);
  }

  public StepRecipe withClipNorm(double limit) {
    return new StepRecipe(
        rule, schedule, limit, accumulate, averaging, rates, customL2, distillation);
  }

  public StepRecipe withAccumulate(int batches) {
    return new StepRecipe(
        rule, schedule, clipNorm, batches, averaging, rates, customL2, distillation);
  }

  public StepRecipe withAveraging(Averaging other) {
    return new StepRecipe(
        rule, schedule, clipNorm, accumulate, other, rates, customL2, distillation);
  }

  /**
   * @param decay share of the old average kept each step, 0 for no average
   */
  public StepRecipe withEma(double decay) {
    return withAveraging(decay == 0 ? Averaging.NONE : new Averaging.Exponential(decay));
  }

  public StepRecipe withRates(Rates other) {
    return new StepRecipe(
        rule, schedule, clipNorm, accumulate, averaging, other, customL2, distillation);
  }

  public StepRecipe withCustomL2() {
    return new StepRecipe(
        rule, schedule, clipNorm, accumulate, averaging, rates, true, distillation);
  }

  public StepRecipe withDistillation(Distillation other) {
    return new StepRecipe(rule, schedule, clipNorm, accumulate, averaging, rates, customL2, other);
  }
}
