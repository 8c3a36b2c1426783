package io.github.repvgg4j.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.answer.LabelFigures.OneClass;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Against scikit-learn 1.9: f1_score, precision_score and recall_score with zero_division=0,
 * average_precision_score, accuracy_score; answers that are equal, images and a class without any.
 */
class LabelScoresTest {

  private static final Offset<Double> EXACT = within(1e-12);

  private static final double[][] ANSWERS = {
    {0.3, 0.5, 0.2, 0.4},
    {0.5, 0.2, 0.6, 0.1},
    {0.5, 0.2, 0.6, 0.4},
    {0.8, 0.4, 0.4, 0.1},
    {0.3, 0.1, 0.2, 0.1},
    {1.0, 0.6, 0.4, 0.2},
    {1.0, 0.4, 0.1, 0.5},
    {0.6, 0.5, 0.3, 0.1},
    {0.6, 1.0, 0.3, 0.1},
    {0.5, 0.8, 0.3, 0.2},
    {0.7, 0.1, 0.0, 0.5},
    {0.3, 0.3, 0.6, 0.5}
  };

  private static final int[][] TRUTHS = {
    {}, {0, 2}, {}, {0}, {}, {0, 1}, {0}, {}, {0, 1}, {1}, {0}, {2}
  };

  @Test
  void figuresAreThoseOfScikitLearn() {
    LabelFigures figures = scores().figures(0.5);
    assertThat(figures.images()).isEqualTo(12);
    assertThat(figures.meanAveragePrecision()).isCloseTo(0.861111111111111, EXACT);
    assertThat(figures.microF1()).isCloseTo(0.7096774193548387, EXACT);
    assertThat(figures.macroF1()).isCloseTo(0.5875, EXACT);
    assertThat(figures.exactMatch()).isCloseTo(0.4166666666666667, EXACT);
    assertThat(figures.classes())
        .extracting(OneClass::averagePrecision)
        .usingComparatorForType(LabelScoresTest::compare, Double.class)
        .containsExactly(0.9166666666666665, 1.0, 0.6666666666666666, null);
    assertThat(figures.classes())
        .extracting(OneClass::precision)
        .usingComparatorForType(LabelScoresTest::compare, Double.class)
        .containsExactly(0.6666666666666666, 0.6, 0.6666666666666666, 0.0);
    assertThat(figures.classes()).extracting(OneClass::recall).containsExactly(1.0, 1.0, 1.0, 0.0);
    assertThat(figures.classes()).extracting(OneClass::images).isEqualTo(List.of(6, 3, 2, 0));
  }

  @Test
  void anotherThresholdChangesWhatIsAnsweredAndNotTheOrder() {
    LabelFigures figures = scores().figures(0.75);
    assertThat(figures.meanAveragePrecision()).isCloseTo(0.861111111111111, EXACT);
    assertThat(figures.microF1()).isCloseTo(0.625, EXACT);
    assertThat(figures.macroF1()).isCloseTo(0.3666666666666667, EXACT);
    assertThat(figures.exactMatch()).isCloseTo(0.5833333333333334, EXACT);
  }

  @Test
  void imagesThatShowNothingHaveNoAveragePrecision() {
    LabelScores scores = new LabelScores(2);
    scores.add(new double[] {0.9, 0.2}, new int[0]);
    LabelFigures figures = scores.figures(0.5);
    assertThat(figures.meanAveragePrecision()).isNull();
    assertThat(figures.exactMatch()).isZero();
    assertThat(figures.images()).isEqualTo(1);
  }

  @Test
  void anAnswerThatIsNoNumberIsLessLikelyThanAnyOther() {
    LabelScores scores = new LabelScores(1);
    scores.add(new double[] {Double.NaN}, new int[] {0});
    scores.add(new double[] {0.1}, new int[0]);
    LabelFigures figures = scores.figures(0.5);
    assertThat(figures.meanAveragePrecision()).isEqualTo(0.5);
    assertThat(figures.microF1()).isZero();
  }

  private static LabelScores scores() {
    LabelScores scores = new LabelScores(4);
    for (int i = 0; i < ANSWERS.length; i++) {
      scores.add(ANSWERS[i], TRUTHS[i]);
    }
    return scores;
  }

  private static int compare(Double found, Double expected) {
    return Math.abs(found - expected) < 1e-12 ? 0 : Double.compare(found, expected);
  }
}
