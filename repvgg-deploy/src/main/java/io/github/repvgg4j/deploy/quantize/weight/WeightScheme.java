package io.github.repvgg4j.deploy.quantize.weight;

import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import java.util.Arrays;

/**
 * How weights become integers; symmetric, without zero points.
 *
 * @param limit largest magnitude: {@link QuantizedNetwork#FULL_RANGE} or {@link
 *     QuantizedNetwork#PORTABLE}
 */
public record WeightScheme(Granularity granularity, WeightRule rule, int limit) {

  /** Of a bias in integers: leaves the sums as much room again. */
  private static final double LARGEST_BIAS = 1L << 30;

  /** One scale for each output channel. */
  public float[] scales(Weighted layer) {
    float[] scales = new float[layer.out()];
    if (granularity == Granularity.TENSOR) {
      Arrays.fill(scales, (float) rule.scale(layer.weights(), 0, layer.weights().length, limit));
      return scales;
    }
    for (int o = 0; o < scales.length; o++) {
      scales[o] =
          (float) rule.scale(layer.weights(), o * layer.each(), (o + 1) * layer.each(), limit);
    }
    return scales;
  }

  /**
   * The layer in integers.
   *
   * @param bias in real numbers, {@code [out]}
   * @param inputScale of the codes that it reads
   */
  public QuantizedLayer quantise(
      Weighted layer, double[] bias, float inputScale, WeightRounding rounding) {
    float[] scales = scales(layer);
    byte[] weights = new byte[layer.weights().length];
    int[] integers = new int[bias.length];
    for (int o = 0; o < scales.length; o++) {
      scales[o] = usable(scales[o], bias[o], inputScale);
      integers[o] = (int) Math.rint(bias[o] / ((double) inputScale * scales[o]));
      int from = o * layer.each();
      rounding.round(layer.weights(), from, from + layer.each(), scales[o], limit, weights);
    }
    return new QuantizedLayer(weights, scales, integers);
  }

  /** Coarser where the bias would not fit otherwise: a channel of zeros, or nearly so. */
  private static float usable(float scale, double bias, float inputScale) {
    double least = Math.max(Float.MIN_NORMAL, Math.abs(bias) / inputScale / LARGEST_BIAS);
    return (float) Math.max(scale, 2 * least);
  }
}
