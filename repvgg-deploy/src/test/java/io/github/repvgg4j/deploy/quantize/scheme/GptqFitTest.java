package io.github.repvgg4j.deploy.quantize.scheme;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.quantize.TestChains;
import io.github.repvgg4j.deploy.quantize.scale.TapSample;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.weight.Gptq;
import io.github.repvgg4j.deploy.quantize.weight.GptqLayer;
import io.github.repvgg4j.deploy.quantize.weight.InputChannels;
import io.github.repvgg4j.deploy.quantize.weight.WeightRounding;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution.Storage;
import io.github.repvgg4j.runtime.graph.FastLayer.Window;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers of so many weights that they are taken in parts. */
class GptqFitTest {

  private static final int IMAGES = 3;
  private static final int SIDE = 3;

  /** One convolution of {@code channels} to as many. */
  private static FloatNetwork network(int channels, int kernel, int groups) {
    Window window = new Window(kernel, 1, kernel / 2);
    Convolution layer =
        new Convolution(
            "conv", channels, channels, window, groups, Function.RELU, Storage.CHANNELS_FIRST);
    float[] weights = TestChains.gaussian(channels * channels / groups * kernel * kernel, 1);
    return new FloatNetwork(
        new FastGraph(
            List.of(new Node(layer, List.of(FastGraph.IMAGES))),
            channels,
            new FastGraph.Result(0, "conv", channels, null)),
        List.of(List.of(new float[channels], weights)));
  }

  /** Codes of all output channels. */
  private static byte[] codes(FloatNetwork network, WeightRounding rounding) {
    float[] weights = network.weighted(0).weights();
    byte[] codes = new byte[weights.length];
    int each = network.weighted(0).each();
    for (int from = 0; from < weights.length; from += each) {
      rounding.round(weights, from, from + each, 0.3, 127, codes);
    }
    return codes;
  }

  /** By GPTQ of each of the parts, whose covariance is summed up in float64. */
  private static WeightRounding part(FloatNetwork network, TapSample taps, int[]... parts) {
    List<Gptq> all = new ArrayList<>();
    InputChannels channels = InputChannels.of(network, 0);
    for (int[] part : parts) {
      int count = part[1] - part[0];
      float[] sample = taps.centred(images(taps), IMAGES, count, part[0], part[1]);
      int columns = sample.length / count;
      double[][] covariance = new double[count][count];
      for (int t = 0; t < count; t++) {
        for (int u = 0; u < count; u++) {
          for (int c = 0; c < columns; c++) {
            covariance[t][u] += (double) sample[t * columns + c] * sample[u * columns + c];
          }
        }
      }
      all.add(new Gptq(covariance));
    }
    return new GptqLayer(all, channels);
  }

  private static List<float[]> images(TapSample taps) {
    return List.of(TestChains.gaussian(IMAGES * taps.in().channels() * SIDE * SIDE, 2));
  }

  private static TapSample taps(FloatNetwork network, int channels) {
    InputShape shape = new InputShape(channels, SIDE, SIDE);
    return TapSample.of(network, 0, shape, shape);
  }

  /** Roundings that sums of float32 can turn are few. */
  private static void assertAlike(byte[] actual, byte[] expected) {
    int others = 0;
    for (int i = 0; i < actual.length; i++) {
      others += actual[i] == expected[i] ? 0 : 1;
    }
    assertThat(others / (double) actual.length).isLessThan(0.01);
  }

  /** As it is fitted where so many weights may be rounded together. */
  private static byte[] fitted(FloatNetwork network, TapSample taps, int together) {
    InputChannels channels = InputChannels.of(network, 0);
    return codes(network, new GptqFit(channels, taps, together).rounding(images(taps), IMAGES));
  }

  @Test
  void manyGroupsAreSampledInSeveralPasses() {
    FloatNetwork depthwise = network(30, 3, 30);
    TapSample taps = taps(depthwise, 30);
    int[][] parts = new int[30][];
    for (int group = 0; group < 30; group++) {
      parts[group] = new int[] {group * 9, group * 9 + 9};
    }
    byte[] codes = fitted(depthwise, taps, 64); // seven groups at once
    assertAlike(codes, codes(depthwise, part(depthwise, taps, parts)));
    assertThat(codes).isNotEqualTo(codes(depthwise, WeightRounding.NEAREST));
  }

  @Test
  void longSumsAreTakenInParts() {
    FloatNetwork wide = network(70, 1, 1);
    TapSample taps = taps(wide, 70);
    int[][] parts = {{0, 32}, {32, 64}, {64, 70}};
    byte[] codes = fitted(wide, taps, 32);
    assertAlike(codes, codes(wide, part(wide, taps, parts)));
    assertThat(codes).isNotEqualTo(codes(wide, WeightRounding.NEAREST));
    assertThat(codes).isNotEqualTo(fitted(wide, taps, 2304));
  }
}
