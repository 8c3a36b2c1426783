package io.github.repvgg4j.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestTimeAveragingTest {

  /** One image of one channel, 3 x 3: 0 1 2 / 3 4 5 / 6 7 8. */
  private static final float[] IMAGE = {0, 1, 2, 3, 4, 5, 6, 7, 8};

  @Test
  void networkSeesTheImageMirroredAndShiftedWithReflectedBorder() {
    List<float[]> seen = new ArrayList<>();
    TestTimeAveraging.FLIP_TRANSLATE.logits(
        input -> {
          seen.add(input.clone());
          return new float[2];
        },
        IMAGE,
        3,
        3);
    assertThat(seen)
        .containsExactly(
            new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8},
            new float[] {2, 1, 0, 5, 4, 3, 8, 7, 6},
            new float[] {4, 3, 4, 1, 0, 1, 4, 3, 4},
            new float[] {4, 3, 4, 1, 0, 1, 4, 3, 4},
            new float[] {4, 5, 4, 7, 8, 7, 4, 5, 4},
            new float[] {4, 5, 4, 7, 8, 7, 4, 5, 4});
  }

  @Test
  void answersAreAveragedByShareAndSharesSumToOne() {
    for (TestTimeAveraging averaging : TestTimeAveraging.values()) {
      float[] constant = averaging.logits(input -> new float[] {3, 3}, IMAGE, 3, 3);
      assertThat(constant[1]).isCloseTo(3, within(1e-6f));
    }
    float[] corner = TestTimeAveraging.FLIP.logits(input -> new float[] {input[0]}, IMAGE, 3, 3);
    assertThat(corner[0]).isEqualTo(1);
  }
}
