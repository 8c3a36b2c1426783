package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.scale.ActivationRule;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import io.github.repvgg4j.deploy.quantize.weight.WeightRule;
import io.github.repvgg4j.deploy.quantize.weight.WeightScheme;

/**
 * How a network is quantised.
 *
 * @param activations where tensors are clipped
 * @param weights how they become integers
 * @param bias whether the mean error of each channel is taken out
 * @param equalisation whether channels are brought to like ranges first
 */
public record Scheme(
    ActivationRule activations,
    WeightScheme weights,
    BiasCorrection bias,
    Equalisation equalisation) {

  /** What {@code quantize} does if told nothing. */
  public static final Scheme STANDARD =
      new Scheme(
          ActivationRule.MSE,
          new WeightScheme(Granularity.CHANNEL, WeightRule.MSE, QuantizedNetwork.FULL_RANGE),
          BiasCorrection.MEASURED,
          Equalisation.WHERE_BETTER);

  /** One scale a layer, nothing clipped, nothing corrected: what fused RepVGG collapses under. */
  public static final Scheme NAIVE =
      new Scheme(
          ActivationRule.MINMAX,
          new WeightScheme(Granularity.TENSOR, WeightRule.MAX, QuantizedNetwork.FULL_RANGE),
          BiasCorrection.NONE,
          Equalisation.NEVER);

  /** Nagel et al., arXiv 1906.04721, section 4.2. */
  public enum BiasCorrection {
    NONE,
    /**
     * Each channel's sums have the float32 network's mean over the calibration images, layer by
     * layer, each behind the integers before it. Differs from the paper, which derives the mean
     * from BatchNorm's parameters where no images are at hand: here they are.
     */
    MEASURED
  }

  /** Nagel et al., arXiv 1906.04721, section 4.1. */
  public enum Equalisation {
    NEVER,
    ALWAYS,
    /** Where the logits of the calibration images come out with less noise. */
    WHERE_BETTER
  }

  public Scheme withActivations(ActivationRule rule) {
    return new Scheme(rule, weights, bias, equalisation);
  }

  public Scheme withWeights(Granularity granularity, WeightRule rule) {
    return new Scheme(
        activations, new WeightScheme(granularity, rule, weights.limit()), bias, equalisation);
  }

  /**
   * @param limit {@link QuantizedNetwork#FULL_RANGE} or {@link QuantizedNetwork#PORTABLE}
   */
  public Scheme withLimit(int limit) {
    return new Scheme(
        activations,
        new WeightScheme(weights.granularity(), weights.rule(), limit),
        bias,
        equalisation);
  }

  public Scheme withBias(BiasCorrection correction) {
    return new Scheme(activations, weights, correction, equalisation);
  }

  public Scheme withEqualisation(Equalisation when) {
    return new Scheme(activations, weights, bias, when);
  }
}
