package io.github.repvgg4j.train.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class BranchSharesTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 1, 1, 1), List.of(4, 4, 4, 4, 8), 3, InputShape.square(16));

  private final ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(3));

  /** Fresh BatchNorms divide by one number; the identity's is a unit matrix of 4 channels. */
  @Test
  void sharesAreTheNormsOfTheBranchesKernels() {
    set("stage1.block1.dense.conv", 0.5); // 4 x 4 x 9 weights: norm 6
    set("stage1.block1.pointwise.conv", 1); // 4 x 4: norm 4
    BranchShares shares = of("stage1.block1");
    assertThat(shares.dense()).isCloseTo(0.5, within(1e-9));
    assertThat(shares.pointwise().getAsDouble()).isCloseTo(4.0 / 12, within(1e-9));
    assertThat(shares.identity().getAsDouble()).isCloseTo(2.0 / 12, within(1e-9));
  }

  @Test
  void fusedNormIsThatOfTheFusedNetworksKernel() {
    MultiLayerNetwork fast = (MultiLayerNetwork) GraphFuser.fuse(graph).network();
    double expected = fast.getLayer("stage1.block1").getParam("W").norm2Number().doubleValue();
    assertThat(of("stage1.block1").fusedNorm()).isCloseTo(expected, within(1e-5 * expected));
  }

  @ParameterizedTest
  @EnumSource(BlockKind.class)
  void fusedNormsOfEveryKindAreThoseOfTheFusedNetwork(BlockKind kind) {
    RepVggSpec spec =
        SPEC.withBlockOptions(
            BlockOptions.of(kind)
                .withStructure(new Structure(kind, kind == BlockKind.MOBILEONE ? 2 : 1)));
    ComputationGraph branches = RepVggGraphs.build(spec, GraphOptions.withSeed(3));
    RandomStatistics.fill(branches, 4);
    MultiLayerNetwork fast = (MultiLayerNetwork) GraphFuser.fuse(branches).network();
    for (BranchShares shares : BranchShares.of(branches, spec)) {
      double norm = fast.getLayer(shares.block()).getParam("W").norm2Number().doubleValue();
      assertThat(shares.fusedNorm()).isCloseTo(norm, within(1e-5 * norm));
      double sum = shares.dense() + shares.pointwise().orElse(0) + shares.identity().orElse(0);
      assertThat(sum).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void blockThatChangesTheShapeHasNoIdentity() {
    BranchShares shares = of("stage0.block0");
    assertThat(shares.identity()).isEmpty();
    assertThat(shares.dense() + shares.pointwise().getAsDouble()).isCloseTo(1, within(1e-12));
  }

  private BranchShares of(String block) {
    return BranchShares.of(graph, SPEC).stream()
        .filter(shares -> shares.block().equals(block))
        .findFirst()
        .orElseThrow();
  }

  private void set(String layer, double value) {
    INDArray weights = graph.getLayer(layer).getParam("W");
    weights.assign(value);
  }
}
