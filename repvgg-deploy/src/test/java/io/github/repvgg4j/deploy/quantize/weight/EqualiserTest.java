package io.github.repvgg4j.deploy.quantize.weight;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.quantize.TestChains;
import io.github.repvgg4j.deploy.quantize.scale.CalibrationSet;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
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
    FloatNetwork equalised = Equaliser.equalise(stressed, TestChains.pairs(stressed));
    assertThat(TestChains.difference(wanted, logits(stressed))).isLessThan(1e-5);
    assertThat(TestChains.difference(wanted, logits(equalised))).isLessThan(1e-5);
    assertThat(TestChains.difference(weights(stressed), weights(equalised))).isGreaterThan(0.1);
  }

  private static float[] weights(FloatNetwork network) {
    return network.weighted(3).weights();
  }

  /** Stressing is undone: what it multiplied comes out as if it had not been there. */
  @Test
  void theSameNetworkComesOutHoweverItWasStressed() {
    FloatNetwork network = TestChains.deep(1);
    FloatNetwork stressed = ChannelStress.of(network, 1, 7);
    FloatNetwork a = Equaliser.equalise(network, TestChains.pairs(network));
    FloatNetwork b = Equaliser.equalise(stressed, TestChains.pairs(stressed));
    assertThat(TestChains.difference(weights(a), weights(b))).isLessThan(0.02);
  }

  @Test
  void bothSidesOfAChannelHaveOneRange() {
    FloatNetwork network = TestChains.deep(1);
    FloatNetwork equalised = Equaliser.equalise(network, TestChains.pairs(network));
    Weighted first = equalised.weighted(1);
    Weighted second = equalised.weighted(2);
    for (int c = 0; c < first.out(); c++) {
      double out = 0;
      for (int i = c * first.each(); i < (c + 1) * first.each(); i++) {
        out = Math.max(out, Math.abs(first.weights()[i]));
      }
      double in = 0;
      for (int o = 0; o < second.out(); o++) {
        for (int k = 0; k < 9; k++) {
          in = Math.max(in, Math.abs(second.weights()[o * second.each() + c * 9 + k]));
        }
      }
      assertThat(out / in).isBetween(0.98, 1.02);
    }
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
