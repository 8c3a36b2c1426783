package io.github.repvgg4j.deploy.quantize.weight;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Brings the channels between two layers to like ranges; pure, the network stays what it was. */
public final class Equaliser {

  private static final int SWEEPS = 60;
  private static final double SETTLED = 1e-3;

  /** Beyond it a channel is as good as dead, and left alone. */
  private static final double LARGEST_FACTOR = 1e4;

  private Equaliser() {}

  /**
   * Shares the ranges of channels between a tensor, which has one scale, and the weights that read
   * it, of which each output channel has one: a channel is divided by {@code sqrt(a / w)}, with a
   * its largest magnitude and w the largest of its weights in the second layer, each in parts of
   * its output channel's largest (Xiao et al., arXiv 2211.10438, equation 4, with alpha 1/2). Until
   * nothing changes, since that largest changes too.
   *
   * @param ranges largest magnitudes of a node's channels, by the node
   */
  public static FloatNetwork equalise(
      FloatNetwork network, List<ChannelPair> pairs, IntFunction<double[]> ranges) {
    FloatNetwork result = network;
    for (ChannelPair pair : pairs) {
      result = equalise(result, pair, ranges.apply(pair.first()).clone());
    }
    return result;
  }

  /** What is before the second layer changes none of its weights' parts of the largest. */
  private static FloatNetwork equalise(FloatNetwork network, ChannelPair pair, double[] range) {
    FloatNetwork result = network;
    double change = Double.POSITIVE_INFINITY;
    for (int sweep = 0; sweep < SWEEPS && change > SETTLED; sweep++) {
      double[] factors = factors(range, inputRanges(result, pair.second(), range.length));
      change = 0;
      for (int c = 0; c < range.length; c++) {
        range[c] /= factors[c];
        change = Math.max(change, Math.abs(Math.log(factors[c])));
      }
      result = divide(result, pair, factors);
    }
    return result;
  }

  /** Whose geometric mean is 1: as a whole a tensor has no range to share. */
  private static double[] factors(double[] tensor, double[] weights) {
    double[] factors = new double[tensor.length];
    double sum = 0;
    int alive = 0;
    for (int c = 0; c < factors.length; c++) {
      if (tensor[c] > 0 && weights[c] > 0) {
        factors[c] = Math.sqrt(tensor[c] / weights[c]);
        sum += Math.log(factors[c]);
        alive++;
      }
    }
    double mean = Math.exp(sum / Math.max(1, alive));
    for (int c = 0; c < factors.length; c++) {
      double factor = factors[c] / mean;
      factors[c] = factor > LARGEST_FACTOR || factor < 1 / LARGEST_FACTOR ? 1 : factor;
    }
    return factors;
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

  private static double[] inputRanges(FloatNetwork network, int node, int channels) {
    Weighted layer = network.weighted(node);
    InputChannels inputs = InputChannels.of(network, node);
    double[] largest = outputRanges(layer);
    double[] ranges = new double[channels];
    for (int i = 0; i < layer.weights().length; i++) {
      int c = inputs.channel(i);
      double part = Math.abs(layer.weights()[i]) / largest[i / layer.each()];
      ranges[c] = Math.max(ranges[c], part);
    }
    return ranges;
  }

  /** Largest weight of each output channel; 1 where all are 0. */
  private static double[] outputRanges(Weighted layer) {
    double[] ranges = new double[layer.out()];
    for (int i = 0; i < layer.weights().length; i++) {
      int o = i / layer.each();
      ranges[o] = Math.max(ranges[o], Math.abs(layer.weights()[i]));
    }
    return Arrays.stream(ranges).map(range -> range == 0 ? 1 : range).toArray();
  }
}
