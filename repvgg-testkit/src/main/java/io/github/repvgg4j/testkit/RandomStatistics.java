package io.github.repvgg4j.testkit;

import java.util.Random;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Gives every BatchNorm of a network random parameters and statistics. Fresh ones (gamma 1, beta 0,
 * mean 0, variance 1) hide most fusion bugs.
 */
public final class RandomStatistics {

  private RandomStatistics() {}

  /** Changes {@code model} in place; the same seed gives the same values. */
  public static void fill(Model model, long seed) {
    Random random = new Random(seed);
    for (Layer layer : layers(model)) {
      if (layer instanceof BatchNormalization) {
        fill(layer, random);
      }
    }
  }

  private static Layer[] layers(Model model) {
    return model instanceof ComputationGraph graph
        ? graph.getLayers()
        : ((MultiLayerNetwork) model).getLayers();
  }

  private static void fill(Layer batchNorm, Random random) {
    batchNorm
        .paramTable()
        .forEach(
            (key, values) -> {
              for (long i = 0; i < values.length(); i++) {
                values.putScalar(i, value(key, random));
              }
            });
  }

  private static double value(String key, Random random) {
    double variance = 0.2 + 2 * random.nextDouble();
    return switch (key) {
      case "gamma" -> 0.5 + random.nextDouble();
      case "beta", "mean" -> random.nextGaussian() * 0.3;
      case "var" -> variance;
      case "log10stdev" -> 0.5 * Math.log10(variance);
      default -> throw new IllegalStateException("unknown BatchNorm parameter " + key);
    };
  }
}
