package io.github.repvgg4j.serve.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who comes in and who is refused at once, by a clock of the test's. */
class AdmissionTest {

  private static final int CORES = 2;
  private static final long MILLI = 1_000_000;

  private final Admission admission = new Admission(100, Duration.ofSeconds(1), CORES);
  private long now = 5;

  /** As many images inside as may be. */
  private int fill() {
    while (admission.enter(1)) {}
    return admission.inside();
  }

  private void answers(int count, long millisEach) {
    for (int i = 0; i < count; i++) {
      now += millisEach * MILLI;
      admission.answered(1, now);
      fill();
    }
  }

  @Test
  void theNumberBoundsUntilTheSpeedIsKnown() {
    assertThat(fill()).isEqualTo(100);
    assertThat(admission.enter(1)).isFalse();
  }

  @Test
  void thenNobodyComesInWhoWouldWaitForLonger() {
    fill();
    answers(300, 20);
    assertThat(fill()).isBetween(50, 51); // 1 s of 20 ms each
    answers(300, 50);
    assertThat(fill()).isBetween(20, 21);
    answers(300, 1);
    assertThat(fill()).isEqualTo(100);
  }

  @Test
  void imagesOfOneRequestCountEach() {
    assertThat(admission.enter(40)).isTrue();
    assertThat(admission.enter(40)).isTrue();
    assertThat(admission.enter(40)).isFalse();
    for (int i = 0; i < 300; i++) {
      now += 40 * 25 * MILLI;
      admission.answered(40, now);
      assertThat(admission.enter(40)).isTrue(); // behind 40 others, 1 s
    }
    assertThat(admission.enter(1)).isFalse();
    admission.failed(41);
    assertThat(admission.enter(1)).isTrue();
  }

  /** The time that a server has nothing to do says nothing of how fast it is. */
  @Test
  void restIsNoWork() {
    for (int i = 0; i < 100; i++) {
      admission.enter(1);
      now += 10_000 * MILLI;
      admission.answered(1, now);
    }
    assertThat(fill()).isEqualTo(100);
  }

  /** It is one image among many. */
  @Test
  void aPauseOfTheMachineChangesLittle() {
    fill();
    answers(300, 20);
    answers(1, 600_000);
    assertThat(fill()).isGreaterThan(40);
  }

  @Test
  void whoTakesLongIsServedAllTheSame() {
    fill();
    answers(300, 5000);
    assertThat(fill()).isEqualTo(2 * CORES);
  }
}
