package io.github.repvgg4j.deploy.readiness;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.scheme.SignalToNoise;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import io.github.repvgg4j.deploy.quantize.weight.WeightRule;
import io.github.repvgg4j.deploy.quantize.weight.WeightScheme;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;

/** Figures of one layer's weights. */
final class WeightFigures {

  private WeightFigures() {}

  /** What the integers stand for, nothing clipped. */
  static float[] rounded(Weighted layer, Granularity granularity) {
    float[] scales =
        new WeightScheme(granularity, WeightRule.MAX, QuantizedNetwork.FULL_RANGE).scales(layer);
    float[] rounded = new float[layer.weights().length];
    for (int i = 0; i < rounded.length; i++) {
      float scale = scales[i / layer.each()];
      rounded[i] = scale == 0 ? 0 : (float) Math.rint(layer.weights()[i] / scale) * scale;
    }
    return rounded;
  }

  /** Signal to noise of all weights, dB. */
  static double sqnr(Weighted layer, Granularity granularity) {
    SignalToNoise ratio = new SignalToNoise();
    ratio.add(layer.weights(), rounded(layer, granularity));
    return ratio.decibels();
  }

  static double maxOverStd(float[] weights) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (float weight : weights) {
      sum += weight;
      squares += (double) weight * weight;
      largest = Math.max(largest, Math.abs(weight));
    }
    double mean = sum / weights.length;
    double variance = squares / weights.length - mean * mean;
    return variance > 0 ? largest / Math.sqrt(variance) : 0;
  }

  /** Null where no identity branch fits: other channels, a stride, a kernel without a centre. */
  static Double centreShare(FastLayer layer, Weighted numbers) {
    if (!(layer instanceof Convolution convolution)
        || convolution.in() != convolution.out()
        || convolution.window().stride() != 1
        || convolution.window().kernel() % 2 == 0
        || convolution.window().kernel() == 1) {
      return null;
    }
    int taps = convolution.window().kernel() * convolution.window().kernel();
    int inGroup = convolution.in() / convolution.groups();
    int ruled = 0;
    for (int o = 0; o < numbers.out(); o++) {
      int centre = o * numbers.each() + o % inGroup * taps + taps / 2;
      ruled += isLargest(numbers.weights(), o * numbers.each(), numbers.each(), centre) ? 1 : 0;
    }
    return (double) ruled / numbers.out();
  }

  private static boolean isLargest(float[] weights, int from, int count, int at) {
    for (int i = from; i < from + count; i++) {
      if (Math.abs(weights[i]) > Math.abs(weights[at])) {
        return false;
      }
    }
    return weights[at] != 0;
  }
}
