package io.github.repvgg4j.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.bench.measure.InterleavedClock.Times;
import io.github.repvgg4j.bench.measure.Plausibility.ImplausibleRateException;
import org.junit.jupiter.api.Test;

class PlausibilityTest {

  @Test
  void articles108TimesIsRefusedAsAMeasuringError() {
    Plausibility gtx1080Ti = new Plausibility(11_000);
    double teraflop = 1e12;
    assertThatThrownBy(() -> gtx1080Ti.rate("article, fast", 1270 * teraflop / 1000, 1))
        .isInstanceOf(ImplausibleRateException.class)
        .hasMessageContaining("1,270,000 GFLOP/s measured, the machine's peak is 11,000");
  }

  @Test
  void possibleRatesPassAndImpossibleNumbersDoNot() {
    Plausibility machine = new Plausibility(300);
    assertThat(machine.rate("A0", 2.7e9, 10)).isEqualTo(270);
    assertThatThrownBy(() -> machine.rate("A0", 2.7e9, 0)).hasMessageContaining("not reported");
    assertThatThrownBy(() -> machine.rate("A0", Double.NaN, 1)).hasMessageContaining("measuring");
  }

  @Test
  void quantilesLieBetweenTheirNeighbours() {
    Times times = new Times(new double[] {1, 2, 3, 10});
    assertThat(times.median()).isEqualTo(2.5);
    assertThat(times.quantile(1)).isEqualTo(10);
    assertThat(times.quantile(0)).isEqualTo(1);
  }
}
