package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.weight.ChannelPair;
import io.github.repvgg4j.deploy.quantize.weight.ChannelStress;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution.Storage;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Window;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Fused RepVGG networks of random numbers, like trained ones in what quantising meets. */
public final class TestChains {

  public static final InputShape IMAGE = InputShape.square(16);

  /** Of the centre taps of identity branches, beside other weights of deviation 1. */
  private static final double CENTRE = 8;

  private TestChains() {}

  /** Twelve convolutions, ten of them with identity branches, one in groups. */
  public static FloatNetwork deep(long seed) {
    List<FastLayer> layers = new ArrayList<>();
    layers.add(convolution(0, 3, 16, 1, 1));
    layers.add(convolution(1, 16, 24, 2, 1));
    for (int i = 2; i < 12; i++) {
      layers.add(convolution(i, 24, 24, 1, i == 4 ? 2 : 1));
    }
    layers.add(new GlobalAveragePool("layer 12 'pool'"));
    layers.add(new Dense("layer 13 'linear'", 24, 1, 1, 5));
    return random(layers, seed);
  }

  /** With squeeze-and-excitation between two convolutions. */
  public static FloatNetwork gated(long seed) {
    return random(
        List.of(
            convolution(0, 3, 8, 2, 1),
            new Convolution(
                "layer 1 'conv1'",
                8,
                8,
                new Window(3, 1, 1),
                1,
                Function.IDENTITY,
                Storage.CHANNELS_FIRST),
            new SqueezeExcitation("layer 2 'se'", 8, 2, Function.RELU),
            convolution(3, 8, 8, 1, 1),
            new GlobalAveragePool("layer 4 'pool'"),
            new Dense("layer 5 'linear'", 8, 1, 1, 5)),
        seed);
  }

  private static Convolution convolution(int index, int in, int out, int stride, int groups) {
    return new Convolution(
        "layer " + index + " 'conv" + index + "'",
        in,
        out,
        new Window(3, stride, 1),
        groups,
        Function.RELU,
        Storage.CHANNELS_FIRST);
  }

  private static FloatNetwork random(List<FastLayer> layers, long seed) {
    Random random = new Random(seed);
    List<Node> nodes = new ArrayList<>();
    List<List<float[]>> arrays = new ArrayList<>();
    for (FastLayer layer : layers) {
      nodes.add(new Node(layer, List.of(nodes.size() - 1)));
      List<float[]> own = new ArrayList<>();
      for (long[] dims : layer.arrays()) {
        own.add(numbers(dims, random));
      }
      arrays.add(own);
      if (layer instanceof Convolution convolution && convolution.in() == convolution.out()) {
        addCentres(convolution, own.get(1), random);
      }
    }
    int last = nodes.size() - 1;
    return new FloatNetwork(
        new FastGraph(nodes, 3, new FastGraph.Result(last, "linear", 5, null)), arrays);
  }

  /** Of deviation 1. */
  public static float[] gaussian(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** He's deviation for weights, small biases. */
  private static float[] numbers(long[] dims, Random random) {
    int length = (int) FastLayer.product(dims);
    double fanIn =
        dims.length == 1 ? 200 : (double) length / (dims.length == 5 ? dims[0] * dims[1] : dims[0]);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.sqrt(2 / fanIn));
    }
    return values;
  }

  private static void addCentres(Convolution layer, float[] weights, Random random) {
    int inGroup = layer.in() / layer.groups();
    double deviation = Math.sqrt(2.0 / (9 * inGroup));
    for (int o = 0; o < layer.out(); o++) {
      double centre = CENTRE * (0.7 + 0.6 * random.nextDouble());
      weights[(o * inGroup + o % inGroup) * 9 + 4] += (float) (deviation * centre);
    }
    double shrink = Math.sqrt(2.0 / (2 + deviation * deviation * CENTRE * CENTRE));
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= (float) shrink;
    }
  }

  /** The same function with each channel between two layers times exp(sigma N(0, 1)). */
  public static FloatNetwork stressed(FloatNetwork network, double sigma, long seed) {
    return ChannelStress.of(network, sigma, seed);
  }

  /** Brightness and contrast of their own, and patches of one value. */
  public static CalibrationSet images(int count, long seed) {
    Random random = new Random(seed);
    int pixels = IMAGE.height() * IMAGE.width();
    float[] values = new float[count * 3 * pixels];
    for (int plane = 0; plane < count * 3; plane++) {
      double mean = random.nextGaussian();
      double contrast = 0.3 + random.nextDouble();
      for (int i = 0; i < pixels; i++) {
        double patch = (i / 4 + i / IMAGE.width() / 4) % 2;
        values[plane * pixels + i] =
            (float) (mean + contrast * (patch + 0.5 * random.nextGaussian()));
      }
    }
    return CalibrationSet.of(values, IMAGE);
  }

  /** All of a set's images. */
  public static float[] all(CalibrationSet images) {
    return images.images(0, images.size());
  }

  /** All pairs of a network whose layers are all integers. */
  public static List<ChannelPair> pairs(FloatNetwork network) {
    return ChannelPair.of(network, node -> true);
  }

  /** max|a - b| / max|a|. */
  public static double difference(float[] a, float[] b) {
    double largest = 0;
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i]));
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return a.length == b.length && largest > 0 ? most / largest : Double.NaN;
  }
}
