package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.SimpleQuantizer.Everywhere;
import io.github.repvgg4j.runtime.SimpleQuantizer.Signs;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random graphs in INT8: each node gives what its definition makes of what it was given. */
class RandomIntegerGraphTest {

  private static final InputShape SHAPE = InputShape.square(RandomFastGraphTest.SIDE);

  private static void check(long from, int graphs) {
    for (long seed = from; seed < from + graphs; seed++) {
      try {
        check(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("graph of seed " + seed, e);
      }
    }
  }

  private static void check(long seed) {
    Random random = new Random(seed);
    NetworkParts parts =
        ArrayNetwork.parts(new RandomFastGraphTest.Builder(seed).build(), SHAPE, Optional.empty());
    SimpleQuantizer quantizer =
        SimpleQuantizer.PLAIN.with(
            Signs.values()[random.nextInt(2)], Everywhere.values()[random.nextInt(2)]);
    if (random.nextBoolean()) {
      quantizer = quantizer.keepFloat(1 + random.nextInt(2), 3 + random.nextInt(3));
    }
    QuantizedNetwork integers =
        quantizer.quantize(parts, IntegerNetworkTest.images(seed, 2, SHAPE), 2);
    try (FastNetwork network =
        FastNetwork.of(parts, integers, IntegerNetworkTest.INT8.selfCheck(SelfCheck.REFERENCE))) {
      SelfCheckReport report = network.selfCheck().orElseThrow();
      assertThat(report.codes().orElseThrow().compared()).isPositive();
      assertThat(report.codes().orElseThrow().differing()).isZero();
    }
  }

  @Test
  void fortyGraphs() {
    check(0, 40);
  }

  @Test
  @Tag("proof")
  void thousandGraphs() {
    check(1000, 1000);
  }
}
