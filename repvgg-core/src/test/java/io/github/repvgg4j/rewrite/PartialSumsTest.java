package io.github.repvgg4j.rewrite;

import static io.github.repvgg4j.rewrite.Blocks.add;
import static io.github.repvgg4j.rewrite.Blocks.bn;
import static io.github.repvgg4j.rewrite.Blocks.conv;
import static io.github.repvgg4j.rewrite.Blocks.fuse;
import static io.github.repvgg4j.rewrite.Blocks.graph;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.rewrite.FusionResult.Span;
import io.github.repvgg4j.rewrite.bounds.RoundingBounds;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Branches of one source in a sum of several sources. */
class PartialSumsTest {

  private static ConvolutionLayer active(int kernel) {
    return conv(kernel, kernel, 1, kernel / 2, kernel / 2).activation(Activation.RELU).build();
  }

  private static ComputationGraph twoBranchesAndAnother() {
    return graph(
        b ->
            b.addLayer("a", conv(3), "x")
                .addLayer("a.bn", bn(), "a")
                .addLayer("z", active(3), "x")
                .addLayer("b", conv(1), "x")
                .addVertex("y", add(), "a.bn", "z", "b"));
  }

  @Test
  void areMerged() {
    FusionResult result = fuse(twoBranchesAndAnother(), FuseOptions.DEFAULT, 8, 9);
    assertThat(result.fused())
        .singleElement()
        .satisfies(fused -> assertThat(fused.members()).containsOnly("a", "a.bn", "b"));
    assertThat(result.refused())
        .singleElement()
        .satisfies(refused -> assertThat(refused.text()).contains("y: its branches start at"));
    assertThat(((ComputationGraph) result.network()).getVertices()).hasSize(4);
  }

  @Test
  void areMeasuredAndBounded() {
    ComputationGraph original = twoBranchesAndAnother();
    FusionResult result = GraphFuser.fuse(original);
    Map<String, INDArray> tensors =
        Activations.of(original, Nd4j.randn(DataType.DOUBLE, 2, Blocks.CHANNELS, 8, 8));
    Span span = result.sources().get("y.x");
    assertThat(span.to()).containsExactly("a.bn", "b");
    Tolerance.EXACT.check(
        span.expected(tensors).orElseThrow(), tensors.get("a.bn").add(tensors.get("b")));
    assertThat(new RoundingBounds(original, FuseOptions.DEFAULT).of(result, tensors))
        .containsOnlyKeys("y.x");
  }

  @Test
  void areLeftWhereAnotherLayerReadsOneOfThem() {
    ComputationGraph original =
        graph(
            b ->
                b.addLayer("a", conv(3), "x")
                    .addLayer("z", active(3), "x")
                    .addLayer("b", conv(1), "x")
                    .addVertex("s", add(), "a", "z", "b")
                    .addLayer("q", active(1), "a")
                    .addVertex("y", add(), "s", "q"));
    FusionResult result = fuse(original, FuseOptions.DEFAULT, 8);
    assertThat(result.fused()).isEmpty();
    assertThat(((ComputationGraph) result.network()).getConfiguration().getVertices())
        .containsOnlyKeys(original.getConfiguration().getVertices().keySet());
  }
}
