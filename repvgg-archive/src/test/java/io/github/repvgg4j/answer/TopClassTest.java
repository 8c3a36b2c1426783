package io.github.repvgg4j.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The likeliest classes are the first of all of them in order. */
class TopClassTest {

  private static final double[] STRANGE = {0, -0.0, Double.NaN, 1e-300, -1, 1};

  /** Few different numbers, so that many are equal. */
  private static double[] answers(Random random, int classes) {
    double[] answers = new double[classes];
    for (int i = 0; i < classes; i++) {
      answers[i] =
          random.nextInt(4) == 0
              ? STRANGE[random.nextInt(STRANGE.length)]
              : random.nextInt(10) / 10.0;
    }
    return answers;
  }

  @Test
  void theFirstOfAllInOrder() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      double[] answers = answers(random, 1 + random.nextInt(40));
      int count = random.nextInt(45);
      List<Integer> sorted =
          IntStream.range(0, answers.length)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -answers[i])) // stable
              .limit(count)
              .toList();
      List<TopClass> top =
          TopClass.of(
              answers,
              Meaning.PROBABILITIES,
              count,
              ModelMetadata.unknown(ModelMetadata.Form.FAST));
      assertThat(top).extracting(TopClass::index).isEqualTo(sorted);
      assertThat(top).allMatch(each -> Double.compare(each.value(), answers[each.index()]) == 0);
    }
  }
}
