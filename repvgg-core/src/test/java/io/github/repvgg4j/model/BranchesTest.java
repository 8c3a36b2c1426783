package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BranchesTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 1, 1, 1), List.of(8, 8, 12, 16, 16), 4, new InputShape(3, 16, 16))
          .withStrides(List.of(1, 1, 2, 2, 1));

  @ParameterizedTest
  @EnumSource
  void eachSetOfBranchesFusesToTheSameChain(Branches branches) {
    RepVggSpec spec = SPEC.withBlockOptions(new BlockOptions(1, false, branches));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(3));
    RandomStatistics.fill(graph, 3);
    var vertices = graph.getConfiguration().getVertices();
    assertThat(vertices.containsKey("stage1.block1.pointwise.conv"))
        .isEqualTo(branches.hasPointwise());
    assertThat(vertices.containsKey("stage1.block1.identity.bn")).isEqualTo(branches.hasIdentity());

    FusionResult result = GraphFuser.fuse(graph);
    assertThat(result.fused()).hasSize(6);
    Nd4j.getRandom().setSeed(3);
    INDArray images = Nd4j.randn(DataType.FLOAT, 2, 3, 16, 16);
    Tolerance.FLOAT32.check(Logits.of(result.network(), images), Logits.of(graph, images));
  }
}
