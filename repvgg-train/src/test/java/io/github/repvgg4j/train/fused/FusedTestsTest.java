package io.github.repvgg4j.train.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.train.loop.Evaluation.OneClass;
import io.github.repvgg4j.train.loop.EvaluationSums;
import io.github.repvgg4j.train.loop.TestNetwork;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of a network fused and layer by layer. */
class FusedTestsTest {

  private static final long SEED = 1126;
  private static final int CLASSES = 7;
  private static final InputShape INPUT = InputShape.square(32);
  private static final FusedTests TESTS = new FusedTests(INPUT, true);
  private static final int ENOUGH = 1024;

  private final ComputationGraph graph = graph();

  private static ComputationGraph graph() {
    RepVggSpec spec = RepVggSpec.of(List.of(1, 2, 1, 1), List.of(8, 8, 16, 16, 16), CLASSES, INPUT);
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(SEED));
    RandomStatistics.fill(graph, SEED);
    return graph;
  }

  private static ImageBatch batch(int images, Random random) {
    float[] features = new float[images * 3 * 32 * 32];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    int[] classes = random.ints(images, 0, CLASSES).toArray();
    return new ImageBatch(new long[] {images, 3, 32, 32}, features, new float[0], classes);
  }

  private static OneClass test(TestNetwork network, TestTimeAveraging averaging)
      throws IOException {
    Random random = new Random(SEED);
    EvaluationSums sums = new EvaluationSums(CLASSES);
    for (int images : new int[] {40, 40, 13}) {
      sums.add(network, batch(images, random), averaging);
    }
    return (OneClass) sums.evaluation();
  }

  @ParameterizedTest
  @EnumSource
  @DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
  void figuresAreThoseOfTheGraph(TestTimeAveraging averaging) throws IOException {
    OneClass slow = test(TestNetwork.of(graph), averaging);
    try (TestNetwork network = TESTS.network(graph, ENOUGH)) {
      assertThat(network.description()).startsWith("oneDNN");
      OneClass fast = test(network, averaging);
      assertThat(fast.loss()).isCloseTo(slow.loss(), within(1e-5 * slow.loss()));
      assertThat(fast.confusion()).isDeepEqualTo(slow.confusion());
      assertThat(fast.figures().top1()).isEqualTo(slow.figures().top1());
      for (int i = 0; i < slow.answers().size(); i++) {
        assertThat(fast.answers().get(i).confidence())
            .isCloseTo(slow.answers().get(i).confidence(), within(1e-5f));
      }
    }
  }

  @Test
  void fewImagesAreNotWorthAFusedForm() {
    assertThat(TESTS.network(graph, ENOUGH - 1).description()).isEqualTo("Deeplearning4j");
  }

  @Test
  void whoWantsDeeplearning4jGetsIt() {
    FusedTests tests = new FusedTests(INPUT, false);
    assertThat(tests.network(graph, ENOUGH).description()).isEqualTo("Deeplearning4j");
  }

  /** The test tells of it as it would anyway, and the run can be saved. */
  @Test
  void divergedWeightsAreTestedLayerByLayer() throws IOException {
    graph.params().putScalar(3, Double.NaN);
    try (TestNetwork network = TESTS.network(graph, ENOUGH)) {
      assertThat(network.description()).isEqualTo("Deeplearning4j");
      OneClass answers = test(network, TestTimeAveraging.NONE);
      assertThat(answers.loss()).isNaN();
      assertThat(answers.top1()).isZero();
      assertThat(answers.top5()).isZero();
    }
  }
}
