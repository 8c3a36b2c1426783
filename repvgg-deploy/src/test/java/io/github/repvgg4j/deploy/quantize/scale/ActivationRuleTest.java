package io.github.repvgg4j.deploy.quantize.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.Codes.Type;
import io.github.repvgg4j.deploy.quantize.trace.Coded;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationRuleTest {

  /** Half zeros as behind a ReLU, a long tail. */
  private static float[] numbers(int count) {
    Random random = new Random(3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double value = random.nextGaussian();
      values[i] = (float) Math.max(0, i % 1000 == 0 ? 6 * Math.abs(value) : value);
    }
    return values;
  }

  private static Histogram seen(float[] values) {
    Histogram histogram = new Histogram();
    for (int from = 0; from < values.length; from += 1000) {
      histogram.add(Arrays.copyOfRange(values, from, Math.min(from + 1000, values.length)));
    }
    return histogram;
  }

  private static double squaredError(float[] values, Codes codes) {
    float[] coded = Coded.of(values, codes).real();
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      error += Math.pow(values[i] - coded[i], 2);
    }
    return error;
  }

  @Test
  void mseIsWithinAHairOfTheBestScaleForTheNumbersThemselves() {
    float[] values = numbers(50_000);
    Histogram seen = seen(values);
    double chosen = squaredError(values, ActivationRule.MSE.codes(seen, Type.U8, 0));
    double best = Double.POSITIVE_INFINITY;
    for (int k = 20; k <= 100; k++) {
      float scale = (float) (seen.largest() * k / 100 / 255);
      best = Math.min(best, squaredError(values, new Codes(Type.U8, scale, 0)));
    }
    assertThat(chosen).isLessThan(1.02 * best);
    assertThat(chosen)
        .isLessThan(squaredError(values, ActivationRule.MINMAX.codes(seen, Type.U8, 0)));
  }

  @Test
  void minmaxClipsNothing() {
    float[] values = {-3, 0.5f, 2};
    assertThat(ActivationRule.MINMAX.codes(seen(values), Type.S8, 0).scale()).isEqualTo(3f / 127);
    assertThat(ActivationRule.MINMAX.codes(seen(values), Type.U8, 128).scale()).isEqualTo(3f / 127);
  }

  @Test
  void percentileLeavesOneInTenThousandOut() {
    float[] values = numbers(200_000);
    float scale = ActivationRule.PERCENTILE.codes(seen(values), Type.U8, 0).scale();
    long beyond = 0;
    for (float value : values) {
      beyond += value > scale * 255 ? 1 : 0;
    }
    assertThat(beyond).isBetween(1L, 20L);
  }

  @Test
  void entropyClipsAnOutlierAndKeepsAPlainBell() {
    Random random = new Random(5);
    float[] bell = new float[100_000];
    for (int i = 0; i < bell.length; i++) {
      bell[i] = (float) random.nextGaussian();
    }
    double plain = ActivationRule.ENTROPY.clip(seen(bell), 127);
    assertThat(plain).isBetween(2.5, 5.5);
    bell[7] = 40;
    assertThat(ActivationRule.ENTROPY.clip(seen(bell), 127)).isLessThan(12);
  }

  @ParameterizedTest
  @EnumSource(ActivationRule.class)
  void aDeadTensorHasACode(ActivationRule rule) {
    Codes codes = rule.codes(seen(new float[100]), Type.U8, 0);
    assertThat(Coded.of(new float[3], codes).real()).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource(ActivationRule.class)
  void theUnitOfTheNumbersDoesNotMatter(ActivationRule rule) {
    float[] values = numbers(20_000);
    float[] large = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      large[i] = values[i] * 1024;
    }
    double ratio =
        rule.codes(seen(large), Type.U8, 0).scale() / rule.codes(seen(values), Type.U8, 0).scale();
    assertThat(ratio).isCloseTo(1024, within(1e-3));
  }

  @Test
  void largerNumbersLaterGiveNearlyTheSameHistogram() {
    float[] values = numbers(50_000);
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    double late = ActivationRule.MSE.clip(seen(sorted), 255);
    double any = ActivationRule.MSE.clip(seen(values), 255);
    assertThat(late).isCloseTo(any, within(0.03 * any));
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    assertThatThrownBy(() -> seen(new float[] {1, Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> seen(new float[] {1, Float.POSITIVE_INFINITY}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
