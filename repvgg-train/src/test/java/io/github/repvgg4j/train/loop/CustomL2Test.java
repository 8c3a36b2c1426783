package io.github.repvgg4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CustomL2Test {

  private static final double DECAY = 0.3;
  private static final double RATE = 0.05;
  private static final long SEED = 6;

  /** Blocks with and without identity, with and without groups. */
  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 1, 1, 1), List.of(4, 4, 6, 4, 4), 3, InputShape.square(8))
          .withStrides(List.of(1, 2, 1, 2, 1))
          .withBlockOptions(new BlockOptions(2, false));

  /** The second network's kernels have one input channel a group, the third's nothing but ones. */
  static Stream<RepVggSpec> networks() {
    return Stream.of(
        SPEC.withBatchNormEps(1e-3),
        RepVggSpec.of(List.of(1, 2, 1, 1), List.of(2, 2, 2, 2, 2), 2, new InputShape(1, 8, 8))
            .withBlockOptions(new BlockOptions(2, false)),
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(1, 1, 1, 1, 1), 2, new InputShape(1, 1, 1)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientIsThatOfTheReferencesLossByFiniteDifferences(RepVggSpec spec) {
    ComputationGraph graph = graph(spec);
    INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 1, graph.numParams());
    new CustomL2(graph, DECAY).addTo(gradient);
    double step = 1e-4;
    for (ParameterLayout.Segment segment : ParameterLayout.of(graph).segments()) {
      INDArray values = graph.getLayer(segment.layer()).getParam(segment.key());
      boolean kernel = CustomL2.replacesDecayOf(segment);
      String block = kernel ? segment.layer().split("\\.(dense|pointwise)")[0] : null;
      for (long i = 0; i < values.length(); i++) {
        double expected = 0;
        if (kernel) {
          double value = values.getDouble(i);
          values.putScalar(i, value + step);
          double above = loss(graph, block);
          values.putScalar(i, value - step);
          expected = (above - loss(graph, block)) / (2 * step);
          values.putScalar(i, value);
        }
        assertThat(gradient.getDouble(segment.offset() + i))
            .as("%s %s [%d]", segment.layer(), segment.key(), i)
            .isCloseTo(expected, within(1e-9));
      }
    }
  }

  /** The definition, number by number. */
  private static double loss(ComputationGraph graph, String block) {
    INDArray dense = graph.getLayer(BlockNames.denseConv(block)).getParam("W");
    INDArray pointwise = graph.getLayer(BlockNames.pointwiseConv(block)).getParam("W");
    double sum = 0;
    for (int o = 0; o < dense.size(0); o++) {
      double t3 = scale(graph.getLayer(BlockNames.denseBn(block)), o);
      double t1 = scale(graph.getLayer(BlockNames.pointwiseBn(block)), o);
      for (int i = 0; i < dense.size(1); i++) {
        double centre = t3 * dense.getDouble(o, i, 1, 1) + t1 * pointwise.getDouble(o, i, 0, 0);
        sum += centre * centre / (t3 * t3 + t1 * t1);
        for (int k = 0; k < 9; k++) {
          sum += k == 4 ? 0 : Math.pow(dense.getDouble(o, i, k / 3, k % 3), 2);
        }
      }
    }
    return DECAY / 2 * sum;
  }

  private static double scale(Layer norm, int channel) {
    return norm.getParam("gamma").getDouble(channel)
        / Math.sqrt(
            norm.getParam("var").getDouble(channel)
                + ((BatchNormalization) norm.conf().getLayer()).getEps());
  }

  /** As the reference: statistics of this batch first, then the loss with them. */
  @Test
  void stepLeavesTheOrdinaryDecayToTheOtherWeights() {
    ComputationGraph plain = graph();
    ComputationGraph custom = graph();
    INDArray start = plain.params().dup();
    step(plain, 0, false);
    step(custom, DECAY, true);
    INDArray moved = plain.params().sub(custom.params()).divi(RATE);

    ComputationGraph expected = graph();
    ParameterLayout layout = ParameterLayout.of(expected);
    INDArray statistics = layout.mask(expected, ParameterLayout.Treatment.STATISTIC);
    statistics = statistics.reshape(statistics.length());
    expected.setParams(start.mul(statistics.rsub(1)).addi(plain.params().mul(statistics)));
    INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 1, expected.numParams());
    new CustomL2(expected, DECAY).addTo(gradient);
    INDArray decayed = layout.mask(expected, ParameterLayout.Treatment.DECAYED);
    layout.fill(decayed, CustomL2::replacesDecayOf, 0);
    gradient.addi(decayed.muli(start.reshape(1, start.length())).muli(DECAY));
    assertThat(Tolerance.maxAbsDifference(moved.reshape(1, moved.length()), gradient))
        .isLessThan(1e-12);
  }

  private static void step(ComputationGraph graph, double decay, boolean customL2) {
    Nd4j.getRandom().setSeed(SEED);
    INDArray features = Nd4j.rand(DataType.DOUBLE, 4, 3, 8, 8);
    INDArray targets = Nd4j.zeros(DataType.DOUBLE, 4, 3);
    targets.getColumn(1).assign(1);
    StepRecipe recipe =
        StepRecipe.of(new UpdateRule.Sgd(0, false, decay), new Schedule.Constant(RATE));
    new GraphTrainer(graph, customL2 ? recipe.withCustomL2() : recipe).step(features, targets);
  }

  private static ComputationGraph graph() {
    return graph(SPEC);
  }

  private static ComputationGraph graph(RepVggSpec spec) {
    ComputationGraph graph =
        RepVggGraphs.build(spec, GraphOptions.withSeed(SEED).withDataType(DataType.DOUBLE));
    RandomStatistics.fill(graph, SEED);
    return graph;
  }
}
