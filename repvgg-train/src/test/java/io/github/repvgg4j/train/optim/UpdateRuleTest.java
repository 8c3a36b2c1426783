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

class UpdateRuleTest {

  private static final int SIZE = 12;
  private static final int STEPS = 200;

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of("sgd", new UpdateRule.Sgd(0, false, 0), 0.05),
        Arguments.of("momentum", new UpdateRule.Sgd(0.9, false, 0.01), 0.05),
        Arguments.of("nesterov", new UpdateRule.Sgd(0.9, true, 0.01), 0.05),
        Arguments.of("adamw", new UpdateRule.AdamW(0.9, 0.99, 1e-8, 0.05), 0.01));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void parametersInFloat64ArePyTorchs(String name, UpdateRule rule, double rate) {
    check(name, rule, rate, DataType.DOUBLE, 1e-12);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void parametersInFloat32StayNearThem(String name, UpdateRule rule, double rate) {
    check(name, rule, rate, DataType.FLOAT, 2e-6);
  }

  private static void check(
      String name, UpdateRule rule, double rate, DataType type, double tolerance) {
    JsonNode expected = TorchFixture.read().path("updates").path(name);
    INDArray parameters = Nd4j.create(type, 1, SIZE);
    INDArray decayed = Nd4j.create(type, 1, SIZE);
    for (int i = 0; i < SIZE; i++) {
      parameters.putScalar(i, Math.sin(1.0 + i));
      decayed.putScalar(i, i < SIZE / 2 ? 1 : 0);
    }
    INDArray[] state = new INDArray[rule.stateVectors()];
    for (int i = 0; i < state.length; i++) {
      state[i] = Nd4j.zeros(type, 1, SIZE);
    }
    INDArray scratch = Nd4j.create(type, 1, SIZE);
    for (int t = 0; t < STEPS; t++) {
      INDArray gradient = gradient(parameters, t);
      rule.apply(
          new UpdateRule.Vectors(parameters, gradient, decayed, null, scratch, state), rate, t + 1);
      if ((t + 1) % 20 == 0) {
        for (int i = 0; i < SIZE; i++) {
          assertThat(parameters.getDouble(i))
              .as("parameter %d after %d steps", i, t + 1)
              .isCloseTo(expected.get(t / 20).get(i).asDouble(), within(tolerance));
        }
      }
    }
  }

  /** The script's gradient(). */
  private static INDArray gradient(INDArray p, int t) {
    INDArray gradient = Nd4j.create(p.dataType(), 1, SIZE);
    for (int i = 0; i < SIZE; i++) {
      gradient.putScalar(i, 2 * (p.getDouble(i) - Math.cos(0.1 * t + i)) / (1 + i));
    }
    return gradient;
  }
}
