package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.scale.ActivationRule;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.BiasCorrection;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Equalisation;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme.Rounding;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import io.github.repvgg4j.deploy.quantize.weight.WeightRule;

/** The rows of the ablation. */
enum SchemeRow {
  NAIVE("per-tensor weights, min-max", Scheme.NAIVE),
  CHANNEL("per-channel, min-max", Scheme.NAIVE.withWeights(Granularity.CHANNEL, WeightRule.MAX)),
  CHANNEL_MSE("per-channel, MSE", Nearest.SCHEME.withBias(BiasCorrection.NONE)),
  BIAS("per-channel, MSE, bias correction", Nearest.SCHEME),
  BIAS_LARGEST_WEIGHT(
      "the same, weights by the largest",
      Nearest.SCHEME.withWeights(Granularity.CHANNEL, WeightRule.MAX)),
  EQUALISED(
      "per-channel, MSE, bias correction, equalised",
      Nearest.SCHEME.withEqualisation(Equalisation.ALWAYS)),
  MINMAX(
      "bias correction, activations min-max",
      Nearest.SCHEME.withActivations(ActivationRule.MINMAX)),
  PERCENTILE(
      "bias correction, activations percentile 99.99",
      Nearest.SCHEME.withActivations(ActivationRule.PERCENTILE)),
  ENTROPY(
      "bias correction, activations entropy",
      Nearest.SCHEME.withActivations(ActivationRule.ENTROPY)),
  GPTQ("bias correction, GPTQ", Nearest.SCHEME.withRounding(Rounding.GPTQ)),
  GPTQ_EQUALISED(
      "bias correction, GPTQ, equalised", Scheme.STANDARD.withEqualisation(Equalisation.ALWAYS)),
  STANDARD("`quantize`", Scheme.STANDARD),
  PORTABLE("`quantize --portable`", Scheme.STANDARD.withLimit(QuantizedNetwork.PORTABLE));

  /** Channels as trained, each weight to the nearest integer. */
  private static final class Nearest {

    static final Scheme SCHEME =
        Scheme.STANDARD.withRounding(Rounding.NEAREST).withEqualisation(Equalisation.NEVER);
  }

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
