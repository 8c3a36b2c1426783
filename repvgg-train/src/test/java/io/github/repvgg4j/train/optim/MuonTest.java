package io.github.repvgg4j.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.train.optim.UpdateRule.Muon;
import io.github.repvgg4j.train.optim.UpdateRule.Muon.KernelScale;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Against recipe_fixtures.py's Muon in float64, and torch.optim.Muon itself. */
class MuonTest {

  private static final int STEPS = 60;
  private static final List<Kernel> KERNELS = List.of(new Kernel(0, 4, 6), new Kernel(24, 9, 4));
  private static final int KERNEL_NUMBERS = 60;
  private static final int SIZE = 65;

  static Stream<Arguments> rules() {
    UpdateRule.Sgd nesterov = new UpdateRule.Sgd(0.9, true, 0);
    return Stream.of(
        Arguments.of(
            "nesterov", new Muon(0.95, true, 5, 0.1, KernelScale.FREE, nesterov, 0.2), 0.05),
        Arguments.of(
            "plain",
            new Muon(0.8, false, 3, 0, KernelScale.FREE, new UpdateRule.Sgd(0, false, 0), 0.2),
            0.02),
        Arguments.of(
            "airbench",
            new Muon(0.6, true, 3, 0, KernelScale.UNIT, new UpdateRule.Sgd(0.85, true, 0), 0.2),
            0.04),
        Arguments.of(
            "adamw",
            new Muon(
                0.95,
                true,
                5,
                0,
                KernelScale.FREE,
                new UpdateRule.AdamW(0.9, 0.95, 1e-10, 0),
                0.015),
            0.02));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void parametersInFloat64ArePyTorchs(String name, Muon rule, double rate) {
    JsonNode expected = TorchFixture.recipe().path("muon").path(name);
    INDArray parameters = initial(SIZE);
    UpdateRule.Vectors vectors = vectors(parameters, rule);
    for (int t = 0; t < STEPS; t++) {
      rule.apply(vectors.withGradient(bowl(parameters, t)), rate, t + 1);
      if ((t + 1) % 20 == 0) {
        check(parameters, expected.get(t / 20), 1e-9, t);
      }
    }
  }

  @Test
  void firstStepsAreThoseOfPyTorchsOwnMuon() {
    JsonNode expected = TorchFixture.recipe().path("torchMuon");
    Muon rule = new Muon(0.95, true, 5, 0.1, KernelScale.FREE, new UpdateRule.Sgd(0, false, 0), 0);
    INDArray parameters = initial(KERNEL_NUMBERS);
    UpdateRule.Vectors vectors = vectors(parameters, rule);
    for (int t = 0; t < 5; t++) {
      rule.apply(vectors.withGradient(bowl(parameters, t)), 0.05, t + 1);
      check(parameters, expected.get(t), 1e-6, t);
    }
  }

  @Test
  void kernelsMayLieAnywhereAndRestMovesByItself() {
    UpdateRule.Sgd rest = new UpdateRule.Sgd(0.9, true, 0);
    Muon rule = new Muon(0.9, true, 5, 0, KernelScale.FREE, rest, 1);
    List<Kernel> kernels = List.of(new Kernel(3, 2, 3), new Kernel(12, 3, 2));
    INDArray all = initial(20);
    INDArray alone = initial(20);
    INDArray[] state = {Nd4j.zeros(DataType.DOUBLE, 1, 20)};
    UpdateRule.Kernels known =
        new UpdateRule.Kernels(kernels, Orthogonalizer.ofNd4j(kernels, rule.steps()));
    INDArray[] restState = {Nd4j.zeros(DataType.DOUBLE, 1, 20)};
    for (int t = 0; t < 3; t++) {
      INDArray gradient = bowl(initial(20), t);
      rule.apply(
          new UpdateRule.Vectors(all, gradient.dup(), ones(20), null, ones(20), state, known),
          0.1,
          t + 1);
      rest.apply(
          new UpdateRule.Vectors(alone, gradient, ones(20), null, ones(20), restState), 0.1, t + 1);
    }
    for (int i : new int[] {0, 1, 2, 9, 10, 11, 18, 19}) {
      assertThat(all.getDouble(i)).as("%d", i).isCloseTo(alone.getDouble(i), within(1e-14));
    }
    for (int i : new int[] {3, 8, 12, 17}) {
      assertThat(all.getDouble(i)).as("%d", i).isNotEqualTo(alone.getDouble(i));
    }
  }

  /** With {@code backboneLearningRateFactor: 0} a kernel keeps its norm too. */
  @Test
  void kernelWithoutARateKeepsItsBits() {
    Muon rule = new Muon(0.9, true, 5, 0.1, KernelScale.UNIT, new UpdateRule.Sgd(0.9, true, 0), 1);
    List<Kernel> kernels = List.of(new Kernel(0, 2, 3), new Kernel(6, 3, 2));
    INDArray all = initial(12);
    INDArray rates = ones(12);
    rates.get(NDArrayIndex.point(0), NDArrayIndex.interval(0, 6)).assign(0);
    UpdateRule.Kernels known =
        new UpdateRule.Kernels(kernels, Orthogonalizer.ofNd4j(kernels, rule.steps()));
    INDArray[] state = {Nd4j.zeros(DataType.DOUBLE, 1, 12)};
    rule.apply(
        new UpdateRule.Vectors(all, bowl(all, 0), ones(12), rates, ones(12), state, known), 0.1, 1);
    for (int i = 0; i < 12; i++) {
      assertThat(all.getDouble(i) == initial(12).getDouble(i)).as("%d", i).isEqualTo(i < 6);
    }
  }

  @Test
  void aRestThatIsMuonAgainIsRefused() {
    Muon rule = new Muon(0.9, true, 5, 0, KernelScale.FREE, new UpdateRule.Sgd(0, false, 0), 1);
    assertThatThrownBy(() -> new Muon(0.9, true, 5, 0, KernelScale.FREE, rule, 1))
        .hasMessage("rest: must be of type sgd or adamw");
  }

  private static UpdateRule.Vectors vectors(INDArray parameters, Muon rule) {
    int size = (int) parameters.length();
    INDArray[] state = new INDArray[rule.stateVectors()];
    for (int i = 0; i < state.length; i++) {
      state[i] = Nd4j.zeros(DataType.DOUBLE, 1, size);
    }
    return new UpdateRule.Vectors(
        parameters,
        null,
        ones(size),
        null,
        ones(size),
        state,
        new UpdateRule.Kernels(KERNELS, Orthogonalizer.ofNd4j(KERNELS, rule.steps())));
  }

  private static INDArray ones(int size) {
    return Nd4j.ones(DataType.DOUBLE, 1, size);
  }

  private static INDArray initial(int size) {
    INDArray parameters = Nd4j.create(DataType.DOUBLE, 1, size);
    for (int i = 0; i < size; i++) {
      parameters.putScalar(i, Math.sin(1.0 + i));
    }
    return parameters;
  }

  private static void check(INDArray parameters, JsonNode expected, double tolerance, int t) {
    assertThat(expected).hasSize((int) parameters.length());
    for (int i = 0; i < parameters.length(); i++) {
      assertThat(parameters.getDouble(i))
          .as("parameter %d after %d steps", i, t + 1)
          .isCloseTo(expected.get(i).asDouble(), within(tolerance));
    }
  }

  /** The script's bowl(). */
  static INDArray bowl(INDArray p, int t) {
    INDArray gradient = Nd4j.create(DataType.DOUBLE, 1, p.length());
    for (int i = 0; i < p.length(); i++) {
      gradient.putScalar(i, 2 * (p.getDouble(i) - Math.cos(0.1 * t + i)) / (1 + 0.1 * i));
    }
    return gradient;
  }
}
