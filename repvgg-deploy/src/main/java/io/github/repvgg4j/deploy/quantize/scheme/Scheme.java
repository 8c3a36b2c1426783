package io.github.repvgg4j.deploy.quantize.scheme;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.scale.ActivationRule;
import io.github.repvgg4j.deploy.quantize.weight.Equaliser;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import io.github.repvgg4j.deploy.quantize.weight.WeightRule;
import io.github.repvgg4j.deploy.quantize.weight.WeightScheme;
import java.util.Locale;

/**
 * How a network is quantised.
 *
 * @param activations where tensors are clipped
 * @param weights how they become integers
 * @param rounding which of the two nearest integers a weight becomes
 * @param bias whether the mean error of each channel is taken out
 * @param equalisation whether channels are brought to like ranges first
 */
public record Scheme(
    ActivationRule activations,
    WeightScheme weights,
    Rounding rounding,
    BiasCorrection bias,
    Equalisation equalisation) {

  /** What {@code quantize} does if told nothing. */
  public static final Scheme STANDARD =
      new Scheme(
          ActivationRule.MSE,
          new WeightScheme(Granularity.CHANNEL, WeightRule.MSE, QuantizedNetwork.FULL_RANGE),
          Rounding.GPTQ,
          BiasCorrection.MEASURED,
          Equalisation.WHERE_BETTER);

  /** One scale a layer, nothing clipped, nothing corrected: what fused RepVGG collapses under. */
  public static final Scheme NAIVE =
      new Scheme(
          ActivationRule.MINMAX,
          new WeightScheme(Granularity.TENSOR, WeightRule.MAX, QuantizedNetwork.FULL_RANGE),
          Rounding.NEAREST,
          BiasCorrection.NONE,
          Equalisation.NEVER);

  /** How weights are rounded. */
  public enum Rounding {
    NEAREST,
    /**
     * Each makes up for what those before it left of the layer's sums, by the covariance of its
     * inputs on the calibration images, layer by layer, each behind the integers before it (Frantar
     * et al., arXiv 2210.17323).
     */
    GPTQ;

    /** As reports name it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

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

  /** Ranges of channels shared between tensors and weights: see {@link Equaliser}. */
  public enum Equalisation {
    NEVER,
    ALWAYS,
    /** Where logits come out with less noise on calibration images that nothing was fitted to. */
    WHERE_BETTER
  }

  /**
   * @throws IllegalArgumentException for GPTQ without bias correction, on which it leaves the means
   */
  public Scheme {
    if (rounding == Rounding.GPTQ && bias == BiasCorrection.NONE) {
      throw new IllegalArgumentException("GPTQ leaves the means to bias correction");
    }
  }

  public Scheme withActivations(ActivationRule rule) {
    return new Scheme(rule, weights, rounding, bias, equalisation);
  }

  public Scheme withWeights(Granularity granularity, WeightRule rule) {
    return new Scheme(
        activations,
        new WeightScheme(granularity, rule, weights.limit()),
        rounding,
        bias,
        equalisation);
  }

  /**
   * @param limit {@link QuantizedNetwork#FULL_RANGE} or {@link QuantizedNetwork#PORTABLE}
   */
  public Scheme withLimit(int limit) {
    return new Scheme(
        activations,
        new WeightScheme(weights.granularity(), weights.rule(), limit),
        rounding,
        bias,
        equalisation);
  }

  /**
   * @param how where GPTQ, {@link BiasCorrection#MEASURED} goes with it
   */
  public Scheme withRounding(Rounding how) {
    return new Scheme(activations, weights, how, bias, equalisation);
  }

  public Scheme withBias(BiasCorrection correction) {
    return new Scheme(activations, weights, rounding, correction, equalisation);
  }

  public Scheme withEqualisation(Equalisation when) {
    return new Scheme(activations, weights, rounding, bias, when);
  }
}
