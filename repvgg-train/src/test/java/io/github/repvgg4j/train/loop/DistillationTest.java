package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.TorchFixture;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** A student's loss, gradient and steps, against PyTorch's: teacher_fixtures.py. */
class DistillationTest {

  private static final double TOLERANCE = 1e-11;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void lossAndGradientAreThoseOfPyTorch(int i) {
    JsonNode expected = TorchFixture.teacher().path("values").get(i);
    Distillation distillation = distillation(expected);
    INDArray student = matrix(expected.path("student"));
    INDArray before = student.dup();
    INDArray targets =
        Nd4j.hstack(
            matrix(expected.path("labels")), soft(matrix(expected.path("teacher")), distillation));
    Distillation.Value value = distillation.of(student, targets);
    double loss = value.losses().sumNumber().doubleValue() / student.size(0);
    assertThat(loss).isCloseTo(expected.path("loss").asDouble(), within(TOLERANCE * 1000));
    assertThat(value.gradient().sub(matrix(expected.path("gradient"))).amaxNumber().doubleValue())
        .isLessThan(TOLERANCE);
    assertThat(student).isEqualTo(before);
    float[] softened = new float[2 + 4];
    float[] teacher = floats(expected.path("teacher").get(1), 4, 3);
    distillation.soften(teacher, 3, 4, softened, 2);
    for (int k = 0; k < 4; k++) {
      assertThat(softened[2 + k]).isCloseTo(targets.getFloat(1, 4 + k), within(3e-5f));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void stepsOfDeeplearning4jsGraphAreThoseOfPyTorch(int i) {
    JsonNode expected = TorchFixture.teacher().path("steps").get(i);
    Distillation distillation = distillation(expected);
    ComputationGraph graph = TorchStepTest.graph();
    GraphTrainer trainer =
        new GraphTrainer(
            graph,
            StepRecipe.of(new UpdateRule.Sgd(0.9, true, 0.01), new Schedule.Constant(0.05))
                .withDistillation(distillation));
    INDArray targets =
        Nd4j.hstack(TorchStepTest.targets(), soft(matrix(expected.path("teacher")), distillation));
    for (int t = 0; t < 100; t++) {
      double loss = trainer.step(TorchStepTest.features(), targets);
      if ((t + 1) % 20 == 0) {
        JsonNode now = expected.path("kept").get(t / 20);
        assertThat(loss).isCloseTo(now.path("loss").asDouble(), within(TOLERANCE));
        TorchStepTest.check(t, graph, now);
      }
    }
    assertThat(graph.getConfiguration().toJson()).contains(LossMCXENT.class.getSimpleName());
    assertThat(graph.getConfiguration().toJson()).doesNotContain("Distillation");
  }

  @ParameterizedTest
  @CsvSource({"FP32, 0.9, 4", "FP32, 1, 1", "BF16, 0.7, 3"})
  @DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
  void theChainsGradientIsThatOfTheGraphInFloat64(
      Precision precision, double weight, double temperature) {
    boolean rough = precision == Precision.BF16;
    Distillation distillation = new Distillation(weight, temperature);
    ComputationGraph graph = network(DataType.FLOAT);
    ComputationGraph exact = network(DataType.DOUBLE);
    exact.setParams(graph.params().castTo(DataType.DOUBLE));
    Random random = new Random(5);
    INDArray features = gaussian(random, 1, 6, 3, 12, 12);
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, 6, 5);
    for (int n = 0; n < 6; n++) {
      labels.putScalar(n, n % 5, 1);
    }
    INDArray targets =
        Nd4j.hstack(labels, soft(gaussian(random, 3, 6, 5), distillation)).castTo(DataType.FLOAT);
    GradientSource expected = GradientSource.ofGraph(exact, distillation);
    double loss =
        expected.compute(features.castTo(DataType.DOUBLE), targets.castTo(DataType.DOUBLE));
    try (GradientSource chain =
        ChainGradient.orGraph(
            graph,
            AccelerationMode.REQUIRE,
            new ChainGradient.Wanted(precision, Convolutions.FASTEST, distillation, 12, 12))) {
      assertThat(chain.compute(features, targets)).isCloseTo(loss, within(rough ? 0.05 : 1e-5));
      INDArray difference = chain.gradient().castTo(DataType.DOUBLE).sub(expected.gradient());
      assertThat(difference.norm2Number().doubleValue())
          .isLessThan((rough ? 0.4 : 1e-5) * expected.gradient().norm2Number().doubleValue());
    } catch (IllegalArgumentException e) {
      Assumptions.assumeFalse(rough, "no bfloat16 here: " + e.getMessage());
      throw e;
    }
  }

  private static ComputationGraph network(DataType type) {
    RepVggSpec spec =
        RepVggSpec.of(
                List.of(1, 1, 1, 1), List.of(16, 16, 16, 16, 32), 5, new InputShape(3, 12, 12))
            .withStrides(List.of(1, 2, 1, 2, 1));
    return RepVggGraphs.build(spec, GraphOptions.withSeed(3).withDataType(type));
  }

  private static INDArray gaussian(Random random, double scale, long... shape) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, scale * random.nextGaussian());
    }
    return array;
  }

  private static Distillation distillation(JsonNode expected) {
    return new Distillation(
        expected.path("weight").asDouble(), expected.path("temperature").asDouble());
  }

  /** softmax(t / T) in float64. */
  private static INDArray soft(INDArray teacher, Distillation distillation) {
    INDArray scaled = teacher.castTo(DataType.DOUBLE).div(distillation.temperature());
    return Nd4j.nn().softmax(scaled, 1);
  }

  private static INDArray matrix(JsonNode rows) {
    INDArray matrix = Nd4j.create(DataType.DOUBLE, rows.size(), rows.get(0).size());
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < rows.get(i).size(); j++) {
        matrix.putScalar(i, j, rows.get(i).get(j).asDouble());
      }
    }
    return matrix;
  }

  private static float[] floats(JsonNode row, int count, int from) {
    float[] values = new float[from + count];
    for (int k = 0; k < count; k++) {
      values[from + k] = (float) row.get(k).asDouble();
    }
    return values;
  }
}
