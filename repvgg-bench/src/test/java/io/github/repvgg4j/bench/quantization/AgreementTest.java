package io.github.repvgg4j.bench.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AgreementTest {

  /** Two classes: alike to the bit, near enough to turn about, and surely apart. */
  private static final float[] FIRST = {1, 4, 2, 1.9f, -5, 10};

  private static final float[] SECOND = {1, 4, 1.9f, 2, -5, 9};

  @Test
  void countsBitsClassesAndMargins() {
    Agreement found = Agreement.of(FIRST, SECOND, 3);
    assertThat(found.sameBits()).isEqualTo(1);
    assertThat(found.otherClass()).isEqualTo(1);
    assertThat(found.largestDifference()).isCloseTo(0.1, within(1e-6));
    assertThat(found.widestMargin()).isCloseTo(0.05, within(1e-6));
    assertThat(found.medianMargin()).isCloseTo(0.75, within(1e-6));
  }

  @Test
  void logitsThatAreNoNumbersAreNoAgreement() {
    Agreement found = Agreement.of(new float[] {1, 2}, new float[] {1, Float.NaN}, 1);
    assertThat(found.sameBits()).isZero();
    assertThat(found.largestDifference()).isNaN();
  }

  @Test
  void otherNumbersOfLogitsAreRefused() {
    assertThatThrownBy(() -> Agreement.of(FIRST, new float[4], 3)).hasMessageContaining("6 and 4");
  }
}
