package io.github.repvgg4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TestTimeAveragingTest {

  /** One image of one channel, 3 x 3: 0 1 2 / 3 4 5 / 6 7 8. */
  private static final INDArray IMAGE =
      Nd4j.create(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, new long[] {1, 1, 3, 3}, 'c');

  @Test
  void networkSeesTheImageMirroredAndShiftedWithReflectedBorder() {
    List<float[]> seen = new ArrayList<>();
    TestTimeAveraging.FLIP_TRANSLATE.logits(
        input -> {
          seen.add(input.dup().data().asFloat());
          return Nd4j.zeros(1, 2);
        },
        IMAGE);
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
      INDArray constant = averaging.logits(input -> Nd4j.ones(1, 2).mul(3), IMAGE);
      assertThat(constant.getDouble(0, 1)).isCloseTo(3, within(1e-6));
    }
    INDArray corner =
        TestTimeAveraging.FLIP.logits(
            input -> Nd4j.create(new float[][] {{input.getFloat(0, 0, 0, 0)}}), IMAGE);
    assertThat(corner.getDouble(0)).isEqualTo(1);
  }
}
