package io.github.repvgg4j.deploy.quantize.weight;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import java.util.Arrays;
import java.util.List;

/** Brings the channels between two layers to like ranges; pure, the network stays what it was. */
public final class Equaliser {

  private static final int SWEEPS = 60;
  private static final double SETTLED = 1e-3;

  /** Beyond it a channel is as good as dead, and left alone. */
  private static final double LARGEST_FACTOR = 1e4;

  private Equaliser() {}

  /**
   * Cross-layer equalisation: {@code s = sqrt(r1 r2) / r2} with {@code r1} the range of an output
   * channel of the first layer and {@code r2} of the same input channel of the second (Nagel et
   * al., arXiv 1906.04721, equation 11), over all pairs until nothing changes.
   */
  public static FloatNetwork equalise(FloatNetwork network, List<ChannelPair> pairs) {
    FloatNetwork result = network;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double change = 0;
      for (ChannelPair pair : pairs) {
        double[] factors = factors(result, pair);
        for (double factor : factors) {
          change = Math.max(change, Math.abs(Math.log(factor)));
        }
        result = divide(result, pair, factors);
      }
      if (change < SETTLED) {
        break;
      }
    }
    return result;
  }

  private static double[] factors(FloatNetwork network, ChannelPair pair) {
    double[] first = outputRanges(network.weighted(pair.first()));
    double[] second = inputRanges(network, pair.second(), first.length);
    double[] factors = new double[first.length];
    Arrays.setAll(factors, c -> factor(first[c], second[c]));
    return factors;
  }

  /** A channel without weights on either side has nothing to be brought in line. */
  private static double factor(double first, double second) {
    if (first == 0 || second == 0) {
      return 1;
    }
    double factor = Math.sqrt(first / second);
    return factor > LARGEST_FACTOR || factor < 1 / LARGEST_FACTOR ? 1 : factor;
  }

  /**
   * Divides output channels of the first layer and multiplies the second's input channels.
   *
   * @param factors one a channel, greater than 0
   */
  public static FloatNetwork divide(FloatNetwork network, ChannelPair pair, double[] factors) {
    Weighted first = network.weighted(pair.first());
    float[] weights = first.weights().clone();
    float[] bias = first.bias().clone();
    for (int o = 0; o < bias.length; o++) {
      bias[o] = (float) (bias[o] / factors[o]);
      for (int i = o * first.each(); i < (o + 1) * first.each(); i++) {
        weights[i] = (float) (weights[i] / factors[o]);
      }
    }
    float[] second = network.weighted(pair.second()).weights().clone();
    InputChannels inputs = InputChannels.of(network, pair.second());
    for (int i = 0; i < second.length; i++) {
      second[i] = (float) (second[i] * factors[inputs.channel(i)]);
    }
    return network
        .with(pair.first(), new Weighted(weights, bias))
        .with(pair.second(), new Weighted(second, network.weighted(pair.second()).bias()));
  }

  private static double[] outputRanges(Weighted layer) {
    double[] ranges = new double[layer.out()];
    for (int i = 0; i < layer.weights().length; i++) {
      int o = i / layer.each();
      ranges[o] = Math.max(ranges[o], Math.abs(layer.weights()[i]));
    }
    return ranges;
  }

  private static double[] inputRanges(FloatNetwork network, int node, int channels) {
    double[] ranges = new double[channels];
    InputChannels inputs = InputChannels.of(network, node);
    float[] weights = network.weighted(node).weights();
    for (int i = 0; i < weights.length; i++) {
      int c = inputs.channel(i);
      ranges[c] = Math.max(ranges[c], Math.abs(weights[i]));
    }
    return ranges;
  }
}
