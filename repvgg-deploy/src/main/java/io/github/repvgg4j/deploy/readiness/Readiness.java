package io.github.repvgg4j.deploy.readiness;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a network bears 8-bit integers.
 *
 * @param file the zip
 * @param form that it holds: {@code fast}, or {@code training}, which was fused for this
 * @param naiveDb expected signal to noise of the logits under the naive scheme (one scale a layer,
 *     nothing corrected), dB: the score
 * @param schemeDb the same with a scale for each output channel
 * @param verdict what the score says
 * @param layers each convolution and dense layer
 */
public record Readiness(
    String file,
    String form,
    double naiveDb,
    double schemeDb,
    Verdict verdict,
    List<LayerReadiness> layers) {

  /** What to expect, with thresholds from networks that do and do not collapse. */
  public enum Verdict {
    READY("bears even the naive scheme"),
    NEEDS_THE_SCHEME("the naive scheme would cost accuracy; quantize should not"),
    AT_RISK("the naive scheme may collapse; measure what quantize makes of it");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    static Verdict of(double naiveDb) {
      if (naiveDb >= READY_DB) {
        return READY;
      }
      return naiveDb >= RISK_DB ? NEEDS_THE_SCHEME : AT_RISK;
    }
  }

  /** From here on no network that was measured lost a point under the naive scheme. */
  public static final double READY_DB = 15;

  /** Below, every network that was measured lost more than five points under it. */
  public static final double RISK_DB = 10;

  /**
   * Reads either form.
   *
   * @throws IOException one line: what is wrong with the file
   */
  public static Readiness of(Path zip) throws IOException {
    return of(zip.toString(), ReadinessSource.read(zip));
  }

  /**
   * Of a fused network in memory.
   *
   * @param name for the report
   */
  public static Readiness of(String name, FloatNetwork network) {
    return of(name, new ReadinessSource(network, "fast", Map.of()));
  }

  static Readiness of(String file, ReadinessSource source) {
    FloatNetwork network = source.network();
    requireFinite(file, network);
    Map<Integer, Double> naive = NoiseForecast.of(network, Granularity.TENSOR);
    Map<Integer, Double> scheme = NoiseForecast.of(network, Granularity.CHANNEL);
    List<LayerReadiness> layers = new ArrayList<>();
    for (int node : naive.keySet()) {
      Weighted layer = network.weighted(node);
      String name = network.layer(node).name();
      layers.add(
          new LayerReadiness(
              name,
              WeightFigures.sqnr(layer, Granularity.CHANNEL),
              WeightFigures.sqnr(layer, Granularity.TENSOR),
              WeightFigures.maxOverStd(layer.weights()),
              WeightFigures.centreShare(network.layer(node), layer),
              source.identityScales().get(name),
              decibels(naive.get(node)),
              decibels(scheme.get(node))));
    }
    double naiveDb = -decibels(sum(naive));
    return new Readiness(
        file,
        source.form(),
        naiveDb,
        -decibels(sum(scheme)),
        Verdict.of(naiveDb),
        List.copyOf(layers));
  }

  private static void requireFinite(String file, FloatNetwork network) {
    for (int node = 0; node < network.graph().nodes().size(); node++) {
      if (network.isWeighted(node)) {
        Weighted layer = network.weighted(node);
        if (!isFinite(layer.weights()) || !isFinite(layer.bias())) {
          throw new IllegalArgumentException(
              file
                  + ": layer "
                  + network.layer(node).name()
                  + " holds NaN or infinity: its training diverged, or it is damaged");
        }
      }
    }
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private static double sum(Map<Integer, Double> noise) {
    return noise.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** A power; nothing at all counts as -200. */
  private static double decibels(double power) {
    return 10 * Math.log10(Math.max(power, 1e-20));
  }
}
