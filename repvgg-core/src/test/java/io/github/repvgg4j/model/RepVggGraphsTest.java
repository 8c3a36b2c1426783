package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RepVggGraphsTest {

  private static final RepVggSpec SMALL =
      RepVggSpec.of(List.of(1, 2, 2, 1), List.of(8, 8, 12, 16, 24), 5, InputShape.square(33));

  @Test
  void networkGivesProbabilitiesOfItsClasses() {
    ComputationGraph graph = RepVggGraphs.build(SMALL, GraphOptions.withSeed(1));
    RandomStatistics.fill(graph, 2);
    INDArray output = graph.outputSingle(Nd4j.rand(3, 3, 33, 33));
    assertThat(output.shape()).containsExactly(3, 5);
    assertThat(output.sum(1).sub(1).amaxNumber().doubleValue()).isLessThan(1e-6);
  }

  @Test
  void identityBranchStandsOnlyWhereShapesAreEqual() {
    ComputationGraph graph = RepVggGraphs.build(SMALL, GraphOptions.withSeed(1));
    List<String> identities =
        SMALL.blocks().stream().filter(BlockSpec::hasIdentity).map(BlockSpec::name).toList();
    assertThat(identities).containsExactly("stage2.block1", "stage3.block1");
    for (BlockSpec block : SMALL.blocks()) {
      assertThat(graph.getVertex(BlockNames.identityBn(block.name())) != null)
          .as(block.name())
          .isEqualTo(block.hasIdentity());
    }
  }

  @Test
  void oddInputsArePaddedLikePyTorch() {
    ComputationGraph graph = RepVggGraphs.build(SMALL, GraphOptions.withSeed(1));
    // floor((33 + 2 - 3) / 2) + 1 = 17, and so on: 17, 9, 5, 3, 2
    INDArray last = graph.feedForward(Nd4j.rand(1, 3, 33, 33), false).get("stage4.block0.relu");
    assertThat(last.shape()).containsExactly(1, 24, 2, 2);
  }

  @Test
  void impossibleSpecsAreRefusedByKeyAndValue() {
    assertThatThrownBy(
            () -> RepVggSpec.of(List.of(1, 2), List.of(8, 8, 8, 8, 8), 5, InputShape.square(32)))
        .hasMessage("depths: needs 4 numbers, got [1, 2]");
    assertThatThrownBy(() -> SMALL.withStrides(List.of(2, 2, 0, 2, 2)))
        .hasMessage("strides[2]: must be at least 1, got 0 in [2, 2, 0, 2, 2]");
    assertThatThrownBy(() -> SMALL.withNumClasses(0))
        .hasMessage("numClasses: must be at least 1, got 0");
    assertThatThrownBy(() -> SMALL.withBlockOptions(new RepVggSpec.BlockOptions(3, false)))
        .hasMessage("groups: must divide the channels, stage2.block0 has 8 -> 12 in 3 groups");
    RepVggSpec gated = SMALL.withBlockOptions(new RepVggSpec.BlockOptions(1, true));
    assertThatThrownBy(() -> RepVggGraphs.build(gated, GraphOptions.withSeed(1)))
        .hasMessage("squeezeExcitation: needs widths of at least 16, stage0.block0 has 8");
  }
}
