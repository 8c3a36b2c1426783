package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.scale.ActivationRule;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.BiasCorrection;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Equalisation;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import io.github.repvgg4j.deploy.quantize.weight.WeightRule;

/** The rows of the ablation. */
enum SchemeRow {
  NAIVE("per-tensor weights, min-max", Scheme.NAIVE),
  CHANNEL("per-channel, min-max", Scheme.NAIVE.withWeights(Granularity.CHANNEL, WeightRule.MAX)),
  CHANNEL_MSE(
      "per-channel, MSE",
      Scheme.STANDARD.withBias(BiasCorrection.NONE).withEqualisation(Equalisation.NEVER)),
  BIAS("per-channel, MSE, bias correction", Scheme.STANDARD.withEqualisation(Equalisation.NEVER)),
  BIAS_LARGEST_WEIGHT(
      "the same, weights by the largest",
      Scheme.STANDARD
          .withEqualisation(Equalisation.NEVER)
          .withWeights(Granularity.CHANNEL, WeightRule.MAX)),
  EQUALISED(
      "per-channel, MSE, bias correction, equalised",
      Scheme.STANDARD.withEqualisation(Equalisation.ALWAYS)),
  MINMAX(
      "bias correction, activations min-max",
      Scheme.STANDARD.withEqualisation(Equalisation.NEVER).withActivations(ActivationRule.MINMAX)),
  PERCENTILE(
      "bias correction, activations percentile 99.99",
      Scheme.STANDARD
          .withEqualisation(Equalisation.NEVER)
          .withActivations(ActivationRule.PERCENTILE)),
  ENTROPY(
      "bias correction, activations entropy",
      Scheme.STANDARD.withEqualisation(Equalisation.NEVER).withActivations(ActivationRule.ENTROPY)),
  STANDARD("`quantize`", Scheme.STANDARD),
  PORTABLE("`quantize --portable`", Scheme.STANDARD.withLimit(QuantizedNetwork.PORTABLE));

  private final String text;
  private final Scheme scheme;

  SchemeRow(String text, Scheme scheme) {
    this.text = text;
    this.scheme = scheme;
  }

  String text() {
    return text;
  }

  Scheme scheme() {
    return scheme;
  }
}
