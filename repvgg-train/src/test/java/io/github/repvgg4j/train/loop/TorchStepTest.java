package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.TorchFixture;
import io.github.repvgg4j.train.optim.UpdateRule;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The whole step of the trainer, from loss to average, against PyTorch's: the script's network().
 */
class TorchStepTest {

  private static final int STEPS = 200;
  private static final double TOLERANCE = 1e-11;

  @ParameterizedTest(name = "{0}")
  @CsvSource({"plain, 0, 0", "clipped, 0.1, 0", "average, 0, 0.97"})
  void lossAndWeightsInFloat64ArePyTorchs(String name, double clipNorm, double emaDecay) {
    JsonNode expected = TorchFixture.read().path("networks").path(name);
    ComputationGraph graph = graph();
    GraphTrainer trainer =
        new GraphTrainer(
            graph,
            StepRecipe.of(new UpdateRule.Sgd(0.9, true, 0.01), new Schedule.Constant(0.05))
                .withClipNorm(clipNorm)
                .withEma(emaDecay));
    for (int t = 0; t < STEPS; t++) {
      double loss = trainer.step(features(), targets());
      if ((t + 1) % 20 == 0) {
        JsonNode now = expected.get(t / 20);
        assertThat(loss).as("loss %d", t).isCloseTo(now.path("loss").asDouble(), within(TOLERANCE));
        int step = t;
        trainer.withAverage(
            () -> {
              check(step, graph, now);
              return null;
            });
      }
    }
  }

  static void check(int step, ComputationGraph graph, JsonNode expected) {
    for (int o = 0; o < 3; o++) {
      for (int i = 0; i < 4; i++) {
        assertThat(graph.getLayer("out").getParam("W").getDouble(i, o))
            .as("W[%d, %d] after step %d", o, i, step)
            .isCloseTo(expected.path("W").get(o).get(i).asDouble(), within(TOLERANCE));
      }
      assertThat(graph.getLayer("out").getParam("b").getDouble(o))
          .as("b[%d] after step %d", o, step)
          .isCloseTo(expected.path("b").get(o).asDouble(), within(TOLERANCE));
    }
  }

  static ComputationGraph graph() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(4)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "in")
                .setOutputs("out")
                .build());
    graph.init();
    INDArray weights = graph.getLayer("out").getParam("W");
    for (int o = 0; o < 3; o++) {
      for (int i = 0; i < 4; i++) {
        weights.putScalar(i, o, Math.sin(1.0 + 3 * i + o));
      }
    }
    return graph;
  }

  static INDArray features() {
    INDArray features = Nd4j.create(DataType.DOUBLE, 3, 4);
    for (int n = 0; n < 3; n++) {
      for (int i = 0; i < 4; i++) {
        features.putScalar(n, i, 2 * Math.cos(1.0 + 4 * n + i));
      }
    }
    return features;
  }

  /** Classes 0, 1, 2, smoothed by 0.1. */
  static INDArray targets() {
    return Nd4j.eye(3).castTo(DataType.DOUBLE).mul(0.9).add(0.1 / 3);
  }
}
