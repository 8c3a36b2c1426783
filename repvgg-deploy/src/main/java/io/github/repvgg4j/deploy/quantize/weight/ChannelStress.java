package io.github.repvgg4j.deploy.quantize.weight;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import java.util.Arrays;
import java.util.Random;

/**
 * Networks that collapse under careless quantising, made of any: each channel between two layers is
 * multiplied by {@code exp(sigma N(0, 1))} and divided again in the next layer. The function is the
 * same, the ranges are not. For tests and ablations.
 */
public final class ChannelStress {

  private ChannelStress() {}

  /** All pairs of layers that allow it. */
  public static FloatNetwork of(FloatNetwork network, double sigma, long seed) {
    Random random = new Random(seed);
    FloatNetwork stressed = network;
    for (ChannelPair pair : ChannelPair.of(network, node -> true)) {
      double[] factors = new double[network.weighted(pair.first()).out()];
      Arrays.setAll(factors, c -> Math.exp(sigma * random.nextGaussian()));
      stressed = Equaliser.divide(stressed, pair, factors);
    }
    return stressed;
  }
}
