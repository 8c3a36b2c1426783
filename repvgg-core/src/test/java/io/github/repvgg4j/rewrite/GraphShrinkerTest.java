package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.rewrite.plan.Law;
import io.github.repvgg4j.testkit.RandomGraph;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class GraphShrinkerTest {

  private static final int STEPS = 7;

  @Test
  void wrongLawIsShrunkToTheBranchesThatNeedIt() {
    long seed =
        LongStream.range(0, 200)
            .filter(s -> isWrong(RandomGraph.of(s, STEPS)))
            .findFirst()
            .orElseThrow();
    RandomGraph.Sample sample = RandomGraph.of(seed, STEPS);
    GraphShrinker.Shrunk shrunk = GraphShrinker.shrink(sample, GraphShrinkerTest::isWrong);
    System.out.println(shrunk.text(seed, STEPS));
    int left = shrunk.sample().graph().getConfiguration().getVertices().size();
    assertThat(left).isBetween(2, 3);
    assertThat(left).isLessThan(sample.graph().getConfiguration().getVertices().size());
    assertThat(isWrong(GraphShrinker.apply(RandomGraph.of(seed, STEPS), shrunk.edits()))).isTrue();
    assertThat(shrunk.text(seed, STEPS)).startsWith("GraphShrinker.apply(RandomGraph.of(" + seed);
  }

  /** Whether fusing differs, had the law of embedding kernels been forgotten: a planted fault. */
  private static boolean isWrong(RandomGraph.Sample sample) {
    FusionResult result = GraphFuser.fuse(sample.graph());
    for (RegionOutcome.Fused fused : result.fused()) {
      if (fused.laws().contains(Law.EMBED)) {
        kernel(result, fused.name()).addi(0.5);
      }
    }
    INDArray expected = Activations.outputs(sample.graph(), sample.x()).get(0);
    INDArray actual = Activations.outputs(result.network(), sample.x()).get(0);
    return Tolerance.maxRelDifference(actual, expected) > 1e-10;
  }

  private static INDArray kernel(FusionResult result, String name) {
    var layer =
        result.network() instanceof ComputationGraph graph
            ? graph.getLayer(name)
            : ((MultiLayerNetwork) result.network()).getLayer(name);
    return layer.paramTable().containsKey("W") ? layer.getParam("W") : layer.getParam("pW");
  }
}
