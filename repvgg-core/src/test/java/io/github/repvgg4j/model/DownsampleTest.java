package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks that become smaller by max pooling. */
class DownsampleTest {

  /** Odd sides: the last row and column fill no window. */
  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 1, 2, 1), List.of(8, 8, 12, 16, 16), 4, new InputShape(3, 21, 26))
          .withStrides(List.of(1, 2, 2, 1, 2))
          .withDownsample(Downsample.MAXPOOL);

  @ParameterizedTest
  @CsvSource({"ALL, false", "DENSE_ONLY, false", "WITHOUT_POINTWISE, true"})
  void fusesToConvolutionsAndPoolingsThatAnswerAlike(Branches branches, boolean gated) {
    List<Integer> widths = gated ? List.of(16, 16, 16, 16, 16) : SPEC.widths();
    RepVggSpec spec =
        RepVggSpec.of(SPEC.depths(), widths, 4, SPEC.input())
            .withStrides(SPEC.strides())
            .withBlockOptions(new BlockOptions(1, gated, branches))
            .withDownsample(Downsample.MAXPOOL);
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(3));
    RandomStatistics.fill(graph, 3);
    FusionResult result = GraphFuser.fuse(graph);
    assertThat(result.fused()).hasSize(7);
    Nd4j.getRandom().setSeed(3);
    INDArray images = Nd4j.randn(DataType.FLOAT, 2, 3, 21, 26);
    INDArray expected = Logits.of(graph, images);
    Tolerance.FLOAT32.check(Logits.of(result.network(), images), expected);
    if (result.network() instanceof MultiLayerNetwork chain) {
      MultiLayerNetwork empty =
          new MultiLayerNetwork(RepVggChains.configuration(spec, GraphOptions.withSeed(1)));
      empty.init();
      empty.setParams(chain.params());
      Tolerance.EXACT.check(Logits.of(empty, images), Logits.of(chain, images));
    }
  }

  @Test
  void stagesAreAsLargeAsTheSpecSays() {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(3));
    RandomStatistics.fill(graph, 3);
    INDArray images = Nd4j.rand(DataType.FLOAT, 1, 3, 21, 26);
    FeatureTaps taps = FeatureTaps.of(graph);
    assertThat(taps.vertices().get(2)).isEqualTo("stage2.block0.pool");
    taps.outputs(graph, images, List.of(0, 1, 2, 3, 4))
        .forEach(
            (stage, output) -> {
              InputShape shape = SPEC.outputOf(stage);
              assertThat(output.shape())
                  .as("stage %d", stage)
                  .containsExactly(1, shape.channels(), shape.height(), shape.width());
            });
    assertThat(SPEC.outputOf(4)).isEqualTo(new InputShape(16, 2, 3));
    for (int first = 1; first <= 5; first++) {
      ComputationGraph tail = NetworkTail.of(graph, SPEC, first);
      INDArray features = taps.outputs(graph, images, List.of(first - 1)).get(first - 1);
      Tolerance.EXACT.check(tail.outputSingle(features), graph.outputSingle(images.dup()));
    }
  }

  @Test
  void blocksThatPoolHaveAnIdentityBranchWhereChannelsStay() {
    assertThat(SPEC.blocks().stream().filter(b -> b.hasIdentity()).map(b -> b.name()))
        .containsExactly("stage1.block0", "stage1.block1", "stage3.block1", "stage4.block0");
  }

  @Test
  void imagesThatFillNoWindowAreRefused() {
    assertThatThrownBy(() -> SPEC.withInput(new InputShape(3, 7, 26)))
        .hasMessage(
            "strides: an image of [3, 7, 26] is too small to be pooled by [1, 2, 2, 1, 2];"
                + " needs sides of at least 8");
  }
}
