package io.github.repvgg4j.deploy.quantize.weight;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.quantize.TestChains;
import io.github.repvgg4j.deploy.quantize.scale.Calibration;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EqualiserTest {

  private static final CalibrationSet IMAGES = TestChains.images(4, 2);

  private static float[] logits(FloatNetwork network) {
    try (FloatTrace trace = new FloatTrace(network, TestChains.IMAGE)) {
      return trace.run(TestChains.all(IMAGES), IMAGES.size(), Trace.Observer.NOBODY);
    }
  }

  @Test
  void theFunctionStaysWithinRoundingWhateverTheRanges() {
    FloatNetwork network = TestChains.deep(1); // a convolution in groups among them
    float[] wanted = logits(network);
    FloatNetwork stressed = ChannelStress.of(network, 1, 7);
    FloatNetwork equalised = equalised(stressed);
    assertThat(TestChains.difference(wanted, logits(stressed))).isLessThan(1e-5);
    assertThat(TestChains.difference(wanted, logits(equalised))).isLessThan(1e-5);
    assertThat(TestChains.difference(weights(stressed), weights(equalised))).isGreaterThan(0.1);
  }

  private static float[] weights(FloatNetwork network) {
    return network.weighted(3).weights();
  }

  /** Of the largest. */
  private static float[] parts(float[] weights) {
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    float[] parts = weights.clone();
    for (int i = 0; i < parts.length; i++) {
      parts[i] /= largest;
    }
    return parts;
  }

  private static Calibration calibration(FloatNetwork network) {
    return Calibration.of(network, TestChains.images(6, 2));
  }

  private static FloatNetwork equalised(FloatNetwork network) {
    Calibration seen = calibration(network);
    return Equaliser.equalise(
        network, TestChains.pairs(network), node -> seen.tensors().get(node).largest());
  }

  /** Stressing is undone but for one factor of the whole tensor. */
  @Test
  void theSameNetworkComesOutHoweverItWasStressed() {
    FloatNetwork network = TestChains.deep(1);
    FloatNetwork stressed = ChannelStress.of(network, 1, 7);
    FloatNetwork a = equalised(network);
    FloatNetwork b = equalised(stressed);
    assertThat(TestChains.difference(parts(weights(a)), parts(weights(b)))).isLessThan(0.02);
  }

  /** But for one factor of the whole tensor. */
  @Test
  void aTensorAndTheWeightsThatReadItHaveOneRange() {
    FloatNetwork equalised = equalised(TestChains.deep(1));
    double[] tensor = calibration(equalised).tensors().get(1).largest();
    Weighted second = equalised.weighted(2);
    double[] ratios = new double[tensor.length];
    for (int c = 0; c < ratios.length; c++) {
      double part = 0;
      for (int o = 0; o < second.out(); o++) {
        double largest = 0;
        double own = 0;
        for (int i = 0; i < second.each(); i++) {
          double weight = Math.abs(second.weights()[o * second.each() + i]);
          largest = Math.max(largest, weight);
          own = i / 9 == c ? Math.max(own, weight) : own;
        }
        part = Math.max(part, own / largest);
      }
      ratios[c] = tensor[c] / part;
    }
    double most = Arrays.stream(ratios).max().orElseThrow();
    assertThat(most / Arrays.stream(ratios).min().orElseThrow()).isBetween(1.0, 1.02);
  }

  /** A channel that is never alight, and one that nobody reads. */
  @Test
  void deadChannelsAreLeftAlone() {
    FloatNetwork network = TestChains.deep(1);
    Weighted first = network.weighted(1);
    float[] weights = first.weights().clone();
    Arrays.fill(weights, 0, first.each(), 0);
    float[] bias = first.bias().clone();
    bias[0] = -1;
    Weighted second = network.weighted(2);
    float[] readers = second.weights().clone();
    for (int o = 0; o < second.out(); o++) {
      Arrays.fill(readers, o * second.each() + 9, o * second.each() + 18, 0);
    }
    FloatNetwork dead =
        network.with(1, new Weighted(weights, bias)).with(2, new Weighted(readers, second.bias()));
    FloatNetwork equalised = equalised(dead);
    assertThat(equalised.weighted(1).bias()[0]).isEqualTo(-1);
    assertThat(equalised.weighted(1).bias()[1]).isEqualTo(bias[1]);
    assertThat(TestChains.difference(logits(dead), logits(equalised))).isLessThan(1e-5);
  }

  @Test
  void aChainIsPairsThroughoutAndAGateParts() {
    FloatNetwork chain = TestChains.deep(1);
    assertThat(TestChains.pairs(chain))
        .hasSize(12)
        .contains(new ChannelPair(0, 1), new ChannelPair(11, 13)); // through the pooling
    assertThat(TestChains.pairs(TestChains.gated(1)))
        .containsExactly(new ChannelPair(0, 1), new ChannelPair(3, 5));
  }

  @Test
  void layersThatStayFloatAreLeftAlone() {
    FloatNetwork chain = TestChains.deep(1);
    assertThat(ChannelPair.of(chain, node -> node != 5))
        .hasSize(10)
        .doesNotContain(new ChannelPair(4, 5), new ChannelPair(5, 6));
  }
}
