package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class GraphTrainerTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(4, 4, 4, 4, 4), 3, InputShape.square(8))
          .withStrides(List.of(1, 2, 1, 2, 1));
  private static final double RATE = 0.05;

  private final INDArray features = Nd4j.rand(DataType.DOUBLE, 6, 3, 8, 8);
  private final INDArray targets = oneHot(0, 1, 2, 2, 1, 0);

  @Test
  void plainSgdMovesParametersAndStatisticsAsDl4jsOwnFitDoes() {
    ComputationGraph ours = graph();
    ComputationGraph theirs = graph();
    theirs.setParams(ours.params().dup());
    GraphTrainer trainer = trainer(ours, new UpdateRule.Sgd(0, false, 0), 0, 1, 0);
    for (int i = 0; i < 3; i++) {
      trainer.step(features.dup(), targets);
      theirs.fit(new DataSet(features.dup(), targets));
    }
    Tolerance.FLOAT64.check(ours.params(), theirs.params());
  }

  @Test
  void decayReachesWeightsAndIdentityGammaOnly() {
    ParameterLayout layout = ParameterLayout.of(graph());
    for (ParameterLayout.Segment segment : layout.segments()) {
      boolean expected =
          segment.key().equals("W")
              || segment.layer().endsWith(".identity.bn") && segment.key().equals("gamma");
      assertThat(segment.treatment() == ParameterLayout.Treatment.DECAYED)
          .as("%s %s", segment.layer(), segment.key())
          .isEqualTo(expected);
    }
    assertThat(layout.segments())
        .filteredOn(s -> s.treatment() == ParameterLayout.Treatment.STATISTIC)
        .extracting(ParameterLayout.Segment::key)
        .containsOnly("mean", "var")
        .isNotEmpty();
  }

  @Test
  void strongDecayLeavesRunningStatisticsAlone() {
    ComputationGraph plain = graph();
    ComputationGraph decayed = graph();
    decayed.setParams(plain.params().dup());
    trainer(plain, new UpdateRule.Sgd(0, false, 0), 0, 1, 0).step(features.dup(), targets);
    trainer(decayed, new UpdateRule.Sgd(0, false, 10), 1e-3, 1, 0).step(features.dup(), targets);
    for (String key : List.of("mean", "var")) {
      Tolerance.EXACT.check(
          decayed.getLayer("stage0.block0.dense.bn").getParam(key),
          plain.getLayer("stage0.block0.dense.bn").getParam(key));
    }
  }

  @Test
  void clippedStepHasTheAllowedLength() {
    ComputationGraph graph = graph();
    INDArray before = trained(graph);
    trainer(graph, new UpdateRule.Sgd(0, false, 0), 1e-3, 1, 0).step(features.dup(), targets);
    double moved = trained(graph).sub(before).norm2Number().doubleValue();
    assertThat(moved).isCloseTo(RATE * 1e-3, within(RATE * 1e-3 * 0.01));
  }

  @Test
  void accumulatedBatchesMakeOneStepOfTheirMeanGradient() {
    ComputationGraph once = graph();
    ComputationGraph twice = graph();
    twice.setParams(once.params().dup());
    trainer(once, new UpdateRule.Sgd(0, false, 0), 0, 1, 0).step(features.dup(), targets);
    GraphTrainer accumulating = trainer(twice, new UpdateRule.Sgd(0, false, 0), 0, 2, 0);
    accumulating.step(features.dup(), targets);
    assertThat(accumulating.iteration()).isZero();
    accumulating.step(features.dup(), targets);
    assertThat(accumulating.iteration()).isEqualTo(1);
    Tolerance.FLOAT64.check(trained(twice), trained(once));
  }

  @Test
  void averageFollowsParametersAndStatistics() {
    ComputationGraph graph = graph();
    GraphTrainer trainer = trainer(graph, new UpdateRule.Sgd(0.9, true, 0), 0, 1, 0.75);
    INDArray expected = graph.params().dup();
    for (int i = 0; i < 3; i++) {
      trainer.step(features.dup(), targets);
      expected.muli(0.75).addi(graph.params().mul(0.25));
    }
    INDArray raw = graph.params().dup();
    INDArray average = trainer.withAverage(() -> graph.params().dup());
    Tolerance.FLOAT64.check(average, expected);
    Tolerance.EXACT.check(graph.params(), raw);
  }

  @Test
  void listenersAreCalledAsByFit() {
    ComputationGraph graph = graph();
    CollectScoresIterationListener scores = new CollectScoresIterationListener(1);
    graph.setListeners(scores);
    GraphTrainer trainer = trainer(graph, new UpdateRule.Sgd(0, false, 0), 0, 1, 0);
    double first = trainer.step(features.dup(), targets);
    trainer.step(features.dup(), targets);
    assertThat(scores.getScoreVsIter().getEffectiveIndexes()).containsExactly(0, 1);
    assertThat(scores.getScoreVsIter().getEffectiveScores()[0]).isEqualTo(first);
  }

  @Test
  void divergenceNamesIterationAndLayer() {
    ComputationGraph graph = graph();
    GraphTrainer trainer = trainer(graph, new UpdateRule.Sgd(0, false, 0), 0, 1, 0);
    trainer.step(features.dup(), targets);
    graph.getLayer("stage2.block0.pointwise.conv").getParam("W").assign(Double.NaN);
    assertThatThrownBy(() -> trainer.step(features.dup(), targets))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("iteration 1")
        .hasMessageContaining("stage2.block0.pointwise.conv (W)");
  }

  @Test
  void overflowNamesTheFirstLayerWhoseOutputIsNotFinite() {
    ComputationGraph graph = graph();
    GraphTrainer trainer = trainer(graph, new UpdateRule.Sgd(0, false, 0), 0, 1, 0);
    INDArray broken = features.dup();
    broken.putScalar(3, Double.NaN);
    assertThatThrownBy(() -> trainer.step(broken, targets))
        .hasMessageContaining("iteration 0")
        .hasMessageContaining("not finite");
  }

  private static ComputationGraph graph() {
    return RepVggGraphs.build(
        SPEC, GraphOptions.withSeed(5).withDataType(DataType.DOUBLE).withUpdater(new Sgd(RATE)));
  }

  private static GraphTrainer trainer(
      ComputationGraph graph, UpdateRule rule, double clip, int accumulate, double ema) {
    return new GraphTrainer(
        graph,
        StepRecipe.of(rule, new Schedule.Constant(RATE))
            .withClipNorm(clip)
            .withAccumulate(accumulate)
            .withEma(ema));
  }

  /** A copy of all that is no running statistic, zeros in their places. */
  private static INDArray trained(ComputationGraph graph) {
    INDArray mask = ParameterLayout.of(graph).mask(graph, ParameterLayout.Treatment.STATISTIC);
    return graph.params().reshape(1, graph.numParams()).mul(mask.rsub(1));
  }

  private static INDArray oneHot(int... classes) {
    INDArray rows = Nd4j.zeros(DataType.DOUBLE, classes.length, 3);
    for (int i = 0; i < classes.length; i++) {
      rows.putScalar(i, classes[i], 1);
    }
    return rows;
  }
}
