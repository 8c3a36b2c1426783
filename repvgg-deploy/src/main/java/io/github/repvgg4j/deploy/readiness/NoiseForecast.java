package io.github.repvgg4j.deploy.readiness;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.weight.Granularity;
import io.github.repvgg4j.deploy.quantize.weight.InputChannels;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Sum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The noise that integers are expected to add, from the weights alone. The mean squares of a
 * channel's signal and of its noise are carried through the network as if inputs were independent:
 * {@code S_o = b_o² + Σ w² S_i} and {@code N_o = Σ (w² (N_i + c) + (w - q)² S_i)}, with {@code c}
 * of the one step that all channels of a tensor share; a ReLU halves both, and an image's channels
 * have signal 1. What one layer divides and the next one multiplies cancels, as it does in the
 * network.
 */
final class NoiseForecast {

  /** The largest number of a tensor in standard deviations of its largest channel. */
  private static final double RANGE = 6;

  private static final double LEVELS = 255;
  private static final double HALF = 0.5;

  /** A gate is 1/2 where it knows nothing. */
  private static final double GATE = 0.25;

  private final FloatNetwork network;
  private final Granularity granularity;
  private final List<Channels> tensors = new ArrayList<>();
  private final Map<Integer, Double> own = new TreeMap<>();

  /** Mean squares of a tensor's channels. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Channels(double[] signal, double[] noise) {

    static Channels none(int count) {
      return new Channels(new double[count], new double[count]);
    }

    /** Adds another tensor times a factor, from a channel on. */
    void add(Channels other, double factor, int from) {
      for (int c = 0; c < other.signal.length; c++) {
        signal[from + c] += factor * other.signal[c];
        noise[from + c] += factor * other.noise[c];
      }
    }

    Channels times(double factor) {
      Channels result = none(signal.length);
      result.add(this, factor, 0);
      return result;
    }
  }

  private NoiseForecast(FloatNetwork network, Granularity granularity) {
    this.network = network;
    this.granularity = granularity;
    for (int n = 0; n < network.graph().nodes().size(); n++) {
      tensors.add(tensor(n));
    }
  }

  static NoiseForecast of(FloatNetwork network, Granularity granularity) {
    return new NoiseForecast(network, granularity);
  }

  /**
   * Noise to signal of what each convolution and dense layer adds itself, by node: the mean over
   * its output channels.
   */
  Map<Integer, Double> own() {
    return own;
  }

  /** Noise to signal of the logits. */
  double logits() {
    Channels logits = tensors.get(network.graph().head().node());
    double signal = 0;
    double noise = 0;
    for (int c = 0; c < logits.signal.length; c++) {
      signal += logits.signal[c];
      noise += logits.noise[c];
    }
    return signal == 0 ? 0 : noise / signal;
  }

  private Channels tensor(int node) {
    FastLayer layer = network.layer(node);
    List<Channels> inputs =
        network.graph().nodes().get(node).inputs().stream().map(this::input).toList();
    Channels first = inputs.get(0);
    if (network.isWeighted(node)) {
      Channels sums = weighted(node, first);
      return layer instanceof Convolution c ? after(c.after(), sums) : sums;
    }
    if (layer instanceof Concatenation) {
      return concatenation(inputs);
    }
    if (layer instanceof Sum sum) {
      Channels all = Channels.none(first.signal.length);
      inputs.forEach(input -> all.add(input, 1, 0));
      return after(sum.after(), all);
    }
    return layer instanceof SqueezeExcitation gate ? after(gate.after(), first.times(GATE)) : first;
  }

  private Channels input(int node) {
    if (node != FastGraph.IMAGES) {
      return tensors.get(node);
    }
    Channels images = Channels.none(network.graph().channels());
    Arrays.fill(images.signal, 1);
    return images;
  }

  private static Channels concatenation(List<Channels> inputs) {
    Channels all = Channels.none(inputs.stream().mapToInt(input -> input.signal.length).sum());
    int from = 0;
    for (Channels input : inputs) {
      all.add(input, 1, from);
      from += input.signal.length;
    }
    return all;
  }

  private Channels weighted(int node, Channels input) {
    Weighted layer = network.weighted(node);
    InputChannels channels = InputChannels.of(network, node);
    float[] rounded = WeightFigures.rounded(layer, granularity);
    double step = step(input);
    Channels sums = Channels.none(layer.out());
    double[] added = new double[layer.out()];
    for (int i = 0; i < rounded.length; i++) {
      int in = channels.channel(i);
      int out = i / layer.each();
      double square = (double) layer.weights()[i] * layer.weights()[i];
      double off = layer.weights()[i] - rounded[i];
      sums.signal[out] += square * input.signal[in];
      sums.noise[out] += square * input.noise[in];
      added[out] += off * off * input.signal[in] + square * step * step / 12;
    }
    own.put(node, mean(added, sums.signal));
    for (int o = 0; o < added.length; o++) {
      sums.noise[o] += added[o];
      sums.signal[o] += (double) layer.bias()[o] * layer.bias()[o];
    }
    return sums;
  }

  private static double step(Channels input) {
    double largest = 0;
    for (double signal : input.signal) {
      largest = Math.max(largest, signal);
    }
    return RANGE * Math.sqrt(largest) / LEVELS;
  }

  /** Dead channels have nothing to lose. */
  private static double mean(double[] noise, double[] signal) {
    double sum = 0;
    int alive = 0;
    for (int o = 0; o < noise.length; o++) {
      if (signal[o] > 0) {
        sum += noise[o] / signal[o];
        alive++;
      }
    }
    return alive == 0 ? 0 : sum / alive;
  }

  private static Channels after(Function function, Channels sums) {
    return function.isIdentity() ? sums : sums.times(HALF);
  }
}
