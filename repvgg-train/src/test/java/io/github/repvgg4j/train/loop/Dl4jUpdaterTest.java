package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.optim.Dl4jUpdater;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jUpdaterTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(4, 4, 4, 4, 4), 3, InputShape.square(8))
          .withStrides(List.of(1, 2, 1, 2, 1));
  private static final double RATE = 0.01;

  @ParameterizedTest
  @EnumSource
  void stepsAreThoseOfDeeplearning4jsOwnFit(Dl4jUpdater updater) {
    Nd4j.getRandom().setSeed(8);
    INDArray features = Nd4j.rand(DataType.DOUBLE, 6, 3, 8, 8);
    INDArray targets = Nd4j.create(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    targets = Nd4j.vstack(targets, targets);
    ComputationGraph ours = graph(updater);
    ComputationGraph theirs = graph(updater);
    GraphTrainer trainer =
        new GraphTrainer(
            ours, StepRecipe.of(new UpdateRule.Dl4j(updater, 0), new Schedule.Constant(RATE)));
    for (int i = 0; i < 4; i++) {
      trainer.step(features.dup(), targets);
      theirs.fit(new DataSet(features.dup(), targets));
    }
    Tolerance.FLOAT64.check(ours.params(), theirs.params());
  }

  private static ComputationGraph graph(Dl4jUpdater updater) {
    return RepVggGraphs.build(
        SPEC, GraphOptions.withSeed(5).withDataType(DataType.DOUBLE).withUpdater(updater.at(RATE)));
  }
}
