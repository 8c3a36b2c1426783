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
 * The noise that integers are expected to add, from the weights alone. Mean squares of channels are
 * carried through the network as if inputs were independent, {@code E[y_o²] = b_o² + Σ w² E[x_i²]},
 * and halved by a ReLU; an image's channels have mean square 1. So what one layer divides and the
 * next one multiplies cancels, as it does in the network. A layer's noise to signal is the mean
 * over its output channels of {@code Σ (w - q)² E[x_i²] / Σ w² E[x_i²]}, and what one step for all
 * channels makes of its inputs: each channel counts alike, since what a channel tells is not told
 * by its energy. (Weighted by energy, a network that collapses through channels of small energy
 * looks as good as one that does not.)
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
  private final List<double[]> energies = new ArrayList<>();
  private final Map<Integer, Double> noise = new TreeMap<>();

  private NoiseForecast(FloatNetwork network, Granularity granularity) {
    this.network = network;
    this.granularity = granularity;
  }

  /** Noise to signal of each convolution and dense layer, by node. */
  static Map<Integer, Double> of(FloatNetwork network, Granularity granularity) {
    NoiseForecast forecast = new NoiseForecast(network, granularity);
    for (int n = 0; n < network.graph().nodes().size(); n++) {
      forecast.energies.add(forecast.energy(n));
    }
    return forecast.noise;
  }

  private double[] energy(int node) {
    FastLayer layer = network.layer(node);
    List<double[]> inputs =
        network.graph().nodes().get(node).inputs().stream().map(this::input).toList();
    if (network.isWeighted(node)) {
      return weighted(node, inputs.get(0));
    }
    if (layer instanceof Concatenation) {
      return inputs.stream().flatMapToDouble(Arrays::stream).toArray();
    }
    double[] energy = inputs.get(0).clone();
    if (layer instanceof Sum sum) {
      inputs.subList(1, inputs.size()).forEach(other -> add(energy, other));
      return after(sum.after(), energy);
    }
    return layer instanceof SqueezeExcitation gate
        ? after(gate.after(), scaled(energy, GATE))
        : energy;
  }

  private double[] input(int node) {
    if (node != FastGraph.IMAGES) {
      return energies.get(node);
    }
    double[] ones = new double[network.graph().channels()];
    Arrays.fill(ones, 1);
    return ones;
  }

  private double[] weighted(int node, double[] input) {
    Weighted layer = network.weighted(node);
    InputChannels channels = InputChannels.of(network, node);
    float[] rounded = WeightFigures.rounded(layer, granularity);
    double step = RANGE * Math.sqrt(Arrays.stream(input).max().orElse(0)) / LEVELS;
    double inputNoise = step * step / 12;
    double[] energy = new double[layer.out()];
    double[] off = new double[layer.out()];
    for (int i = 0; i < rounded.length; i++) {
      double weight = layer.weights()[i];
      double error = weight - rounded[i];
      double in = input[channels.channel(i)];
      energy[i / layer.each()] += weight * weight * in;
      off[i / layer.each()] += error * error * in + weight * weight * inputNoise;
    }
    noise.put(node, mean(off, energy));
    for (int o = 0; o < energy.length; o++) {
      energy[o] += (double) layer.bias()[o] * layer.bias()[o];
    }
    return network.layer(node) instanceof Convolution c ? after(c.after(), energy) : energy;
  }

  /** Dead channels have nothing to lose. */
  private static double mean(double[] noise, double[] signal) {
    double sum = 0;
    int alive = 0;
    for (int o = 0; o < noise.length; o++) {
      if (signal[o] > 0) {
        sum += Math.min(1, noise[o] / signal[o]);
        alive++;
      }
    }
    return alive == 0 ? 0 : sum / alive;
  }

  private static double[] after(Function function, double[] energy) {
    return function.isIdentity() ? energy : scaled(energy, HALF);
  }

  private static double[] scaled(double[] energy, double factor) {
    return Arrays.stream(energy).map(e -> e * factor).toArray();
  }

  private static void add(double[] energy, double[] other) {
    for (int i = 0; i < energy.length; i++) {
      energy[i] += other[i];
    }
  }
}
