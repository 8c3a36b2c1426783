package io.github.repvgg4j.deploy.quantize.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.deploy.quantize.scheme.Noise.LayerNoise;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedDropTest {

  private static final List<LayerNoise> LAYERS =
      List.of(new LayerNoise("good", 40, 30), new LayerNoise("bad", 10, 8));

  @Test
  void countsWhoIsRight() {
    PairedDrop drop =
        PairedDrop.of(
            new int[] {0, 1, 2, 0, 1}, new int[] {0, 1, 1, 0, 0}, new int[] {0, 2, 2, 1, 0});
    assertThat(drop).isEqualTo(new PairedDrop(5, 3, 2, 1));
    assertThat(drop.first()).isEqualTo(0.6);
    assertThat(drop.second()).isEqualTo(0.4);
    assertThat(drop.drop()).isCloseTo(0.2, within(1e-12));
  }

  /** z² / (n + z²), where the score's equation can be solved by hand. */
  @Test
  void networksThatAgreeOnFewImagesMayStillDiffer() {
    for (int n : new int[] {1, 10, 100, 10_000}) {
      PairedDrop drop = new PairedDrop(n, n, 0, 0);
      double z2 = 1.959963984540054 * 1.959963984540054;
      assertThat(drop.upper()).isCloseTo(z2 / (n + z2), within(1e-9));
      assertThat(drop.lower()).isCloseTo(-drop.upper(), within(1e-9));
    }
  }

  /** With many images and differences it is the normal approximation. */
  @Test
  void manyImagesGiveTheNormalInterval() {
    PairedDrop drop = new PairedDrop(1_000_000, 800_000, 60_000, 50_000);
    double deviation = Math.sqrt((110_000 - 10_000 * 10_000 / 1e6)) / 1e6;
    assertThat(drop.upper()).isCloseTo(0.01 + 1.96 * deviation, within(1e-5));
    assertThat(drop.lower()).isCloseTo(0.01 - 1.96 * deviation, within(1e-5));
  }

  @Test
  void theIntervalHoldsTheTruthInNineteenOfTwentyExperiments() {
    Random random = new Random(9);
    for (int n : new int[] {30, 200, 1000}) {
      int held = 0;
      int experiments = 2000;
      for (int e = 0; e < experiments; e++) {
        int onlyFirst = 0;
        int onlySecond = 0;
        for (int i = 0; i < n; i++) {
          double u = random.nextDouble();
          onlyFirst += u < 0.06 ? 1 : 0;
          onlySecond += u > 0.98 ? 1 : 0;
        }
        PairedDrop drop = new PairedDrop(n, onlyFirst, onlyFirst, onlySecond);
        held += drop.lower() <= 0.04 && 0.04 <= drop.upper() ? 1 : 0;
      }
      assertThat((double) held / experiments)
          .as("%d images", n)
          .isBetween(0.93, n < 100 ? 1 : 0.975); // wider where few
    }
  }

  @Test
  void countsOfOtherImagesAreRefused() {
    assertThatThrownBy(() -> new PairedDrop(10, 5, 6, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PairedDrop(10, 5, 0, 6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PairedDrop(0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theGateLetsThroughWhatSurelyLostLittle() {
    assertThat(new Gate(0.01).objection(new PairedDrop(10_000, 8000, 60, 50), LAYERS)).isEmpty();
  }

  @Test
  void theGateNamesTheNoisiestLayers() {
    assertThat(new Gate(0.01).objection(new PairedDrop(1000, 800, 90, 10), LAYERS))
        .get()
        .asString()
        .contains(
            "loses 8.00 points on 1,000 test images",
            "bad (10.0 dB by itself, 8.0 with those before it)",
            "--keep-float bad,good",
            "--images",
            "qarepvgg")
        .doesNotContain("\n");
  }

  @Test
  void theGateSaysThatImagesAreTooFew() {
    assertThat(new Gate(0.01).objection(new PairedDrop(50, 40, 0, 0), LAYERS))
        .get()
        .asString()
        .contains("50 test images", "so few images make the interval wide", "allow 7.2")
        .doesNotContain("--keep-float");
  }
}
