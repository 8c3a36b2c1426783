package io.github.repvgg4j.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Against recipe_fixtures.py: the paper's Lookahead, and airbench's whose share kept rises. */
class LookaheadTest {

  private static final int SIZE = 12;

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of("paper", new Averaging.Lookahead(5, 0.5, 0, 0, 60)),
        Arguments.of("airbench", new Averaging.Lookahead(5, 1 - Math.pow(0.95, 5), 3, 20, 60)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void fastAndSlowWeightsArePyTorchs(String name, Averaging.Lookahead rule) {
    JsonNode expected = TorchFixture.recipe().path("lookahead").path(name);
    UpdateRule.Sgd sgd = new UpdateRule.Sgd(0.9, false, 0);
    INDArray fast = Nd4j.create(DataType.DOUBLE, 1, SIZE);
    for (int i = 0; i < SIZE; i++) {
      fast.putScalar(i, Math.sin(1.0 + i));
    }
    INDArray slow = fast.dup();
    INDArray none = Nd4j.zeros(DataType.DOUBLE, 1, SIZE);
    INDArray[] state = {none.dup()};
    for (int t = 1; t <= 60; t++) {
      sgd.apply(
          new UpdateRule.Vectors(fast, MuonTest.bowl(fast, t - 1), none, null, none.dup(), state),
          0.05,
          t);
      rule.update(slow, fast, new Moment(0.05, t, t));
      if (t % 10 == 0) {
        check(fast, expected.get(t / 10 - 1).path("fast"), t);
        check(slow, expected.get(t / 10 - 1).path("slow"), t);
      }
    }
  }

  private static void check(INDArray found, JsonNode expected, int t) {
    assertThat(expected).hasSize(SIZE);
    for (int i = 0; i < SIZE; i++) {
      assertThat(found.getDouble(i))
          .as("%d after step %d", i, t)
          .isCloseTo(expected.get(i).asDouble(), within(1e-12));
    }
  }
}
