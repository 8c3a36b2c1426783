package io.github.repvgg4j.accelerate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

class AcceleratedTrainingTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(16, 16, 24, 32, 48), 10, InputShape.square(16))
          .withStrides(List.of(1, 2, 2, 1, 1));

  private record Run(double[] losses, INDArray parameters) {}

  private static Run train(AccelerationMode mode, int steps) {
    ComputationGraph graph =
        RepVggGraphs.build(SPEC, GraphOptions.withSeed(11).withUpdater(new Nesterovs(0.002, 0.9)));
    Accelerator.enable(graph, mode);
    Nd4j.getRandom().setSeed(12);
    INDArray labels = Nd4j.zeros(16, 10);
    for (int i = 0; i < 16; i++) {
      labels.putScalar(i, i % 10, 1);
    }
    DataSet batch = new DataSet(Nd4j.rand(16, 3, 16, 16), labels);
    double[] losses = new double[steps];
    for (int i = 0; i < steps; i++) {
      graph.fit(batch);
      losses[i] = graph.score();
    }
    return new Run(losses, graph.params().dup());
  }

  @Test
  void firstTwentyLossesAreThoseOfStockToFourDigits() {
    double[] stock = train(AccelerationMode.OFF, 20).losses();
    double[] fast = train(AccelerationMode.REQUIRE, 20).losses();
    for (int i = 0; i < stock.length; i++) {
      assertThat(fast[i]).as("step %d", i).isCloseTo(stock[i], within(5e-4 * stock[i]));
    }
    assertThat(stock[19]).as("training learns").isLessThan(0.9 * stock[0]);
  }

  @Test
  void trainingTwiceGivesTheSameBits() {
    Tolerance.EXACT.check(
        train(AccelerationMode.REQUIRE, 8).parameters(),
        train(AccelerationMode.REQUIRE, 8).parameters());
  }
}
