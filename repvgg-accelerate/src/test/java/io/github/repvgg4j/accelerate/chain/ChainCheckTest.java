package io.github.repvgg4j.accelerate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the check lets pass, and what it finds. */
class ChainCheckTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(16, 16, 32, 32, 48), 5, new InputShape(3, 12, 12))
          .withStrides(List.of(1, 2, 1, 2, 1));

  /** A ReLU's input that changes sign by rounding is no fault: up to 1.4e-2 for these. */
  @ParameterizedTest
  @CsvSource({"A0, 32, 2", "A0, 64, 3", "A0, 96, 2", "A2, 32, 1"})
  void deepNetworksKeepTheirChain(String variant, int side, long seed)
      throws ChainUnsupportedException {
    RepVggSpec spec = RepVggVariant.of(variant).spec(10, new InputShape(3, side, side));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(seed));
    for (Convolutions each : Convolutions.values()) {
      try (GradientChain chain = GradientChain.of(graph, Precision.FP32, each)) {
        assertThatCode(() -> ChainCheck.requireAgreement(graph, chain, ChainCheck.FP32, side, side))
            .as("%s", each)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void namesTheLayerWhoseGradientIsOff() throws ChainUnsupportedException {
    ComputationGraph graph = graph();
    ComputationGraph other = graph();
    other.getLayer("stage2.block0.dense.conv").getParam("W").muli(3);
    other.getLayer("stage2.block0.dense.bn").getParam("gamma").muli(2);
    try (GradientChain chain = GradientChain.of(other, Precision.FP32, Convolutions.FASTEST)) {
      assertThatThrownBy(() -> ChainCheck.requireAgreement(graph, chain, ChainCheck.FP32, 12, 12))
          .isInstanceOf(ChainUnsupportedException.class)
          .hasMessageContaining("differs from the graph's by")
          .hasMessageContaining("most at stage")
          .hasMessageContaining("0.25 allowed");
    }
    try (GradientChain chain = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      assertThat(ChainCheck.requireAgreement(graph, chain, ChainCheck.FP32, 12, 12))
          .isLessThan(1e-4);
    }
  }

  /** Whose share of the whole gradient hides it there. */
  @Test
  void findsOneWrongKernel() throws ChainUnsupportedException {
    ComputationGraph graph = graph();
    graph.getLayer("stage1.block0.dense.bn").getParam("gamma").muli(1e-3);
    for (UnaryOperator<INDArray> wrong :
        List.<UnaryOperator<INDArray>>of(g -> g.mul(0), g -> g.mul(1.5), g -> g.mul(Double.NaN))) {
      try (GradientChain right = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
        TrainingChain chain = new Spoilt(right, "stage1.block0.dense.conv", wrong);
        assertThatThrownBy(() -> ChainCheck.requireAgreement(graph, chain, ChainCheck.FP32, 12, 12))
            .isInstanceOf(ChainUnsupportedException.class)
            .hasMessageMatching(".* by (NaN|.*e-0[2-9]), most at stage1.block0.dense.conv by .*");
      }
    }
  }

  @Test
  void aGradientThatNobodyComputedProvesNothing() throws ChainUnsupportedException {
    ComputationGraph idle =
        new ComputationGraph(graph().getConfiguration()) {
          @Override
          public void computeGradientAndScore() {
            initGradientsView(); // as where kernels do nothing
          }
        };
    idle.init();
    try (GradientChain chain = GradientChain.of(idle, Precision.FP32, Convolutions.FASTEST)) {
      assertThatThrownBy(() -> ChainCheck.requireAgreement(idle, chain, ChainCheck.FP32, 12, 12))
          .isInstanceOf(ChainUnsupportedException.class)
          .hasMessageContaining("zero throughout");
    }
  }

  private static ComputationGraph graph() {
    ComputationGraph graph =
        RepVggGraphs.build(SPEC, GraphOptions.withSeed(20).withDataType(DataType.FLOAT));
    RandomStatistics.fill(graph, 20);
    return graph;
  }

  /**
   * A chain with one wrong kernel.
   *
   * @param wrong what the gradient of that convolution's weights becomes
   */
  private record Spoilt(TrainingChain right, String convolution, UnaryOperator<INDArray> wrong)
      implements TrainingChain {

    @Override
    public double compute(INDArray features, INDArray targets) throws ChainUnsupportedException {
      double loss = right.compute(features, targets);
      for (ChainNode node : nodes()) {
        if (node.name().equals(convolution)) {
          INDArray own = Ranges.of(gradient(), ((ChainNode.Convolution) node).weights());
          own.assign(wrong.apply(own));
        }
      }
      return loss;
    }

    @Override
    public INDArray gradient() {
      return right.gradient();
    }

    @Override
    public List<ChainNode> nodes() {
      return right.nodes();
    }

    @Override
    public long bytes() {
      return right.bytes();
    }

    @Override
    public void close() {
      right.close();
    }
  }
}
