package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.testkit.RandomGraph;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whatever the graph, the fused network computes what the graph says, and says what it did. */
class RandomGraphFusionTest {

  private static final double LIMIT = 1e-10;

  @Test
  void noneOfAFewHundredGraphsIsFusedWrongly() {
    check(0, 200);
  }

  @Test
  @Tag("proof")
  void noneOfTwelveThousandGraphsIsFusedWrongly() {
    check(1_000_000, 12_000);
  }

  private static void check(long firstSeed, int graphs) {
    int fused = 0;
    int refused = 0;
    for (long seed = firstSeed; seed < firstSeed + graphs; seed++) {
      FusionResult result = check(seed);
      fused += result.fused().size();
      refused += result.refused().size();
    }
    System.out.printf(
        "%d graphs from seed %d: %d regions fused, %d parts refused, 0 wrong%n",
        graphs, firstSeed, fused, refused);
    assertThat(fused).isGreaterThan(graphs / 2);
    assertThat(refused).isGreaterThan(graphs / 10);
  }

  /** A graph that fails is made smaller first, so that the message is a regression test. */
  private static FusionResult check(long seed) {
    int steps = 2 + new Random(seed).nextInt(6);
    RandomGraph.Sample sample = RandomGraph.of(seed, steps);
    try {
      return check(sample, seed);
    } catch (AssertionError | RuntimeException e) {
      String shrunk = GraphShrinker.shrink(sample, s -> fails(s, seed)).text(seed, steps);
      throw new AssertionError("seed " + seed + ", " + steps + " steps; smallest:\n" + shrunk, e);
    }
  }

  private static boolean fails(RandomGraph.Sample sample, long seed) {
    try {
      check(sample, seed);
      return false;
    } catch (AssertionError | RuntimeException e) {
      return true;
    }
  }

  private static FusionResult check(RandomGraph.Sample sample, long seed) {
    FuseOptions options =
        seed % 2 == 0
            ? FuseOptions.DEFAULT
            : FuseOptions.DEFAULT.withInputTypes(sample.inputType()).withMaxCost(3);
    ComputationGraph graph = sample.graph();
    INDArray params = graph.params() == null ? null : graph.params().dup();
    String description = "seed " + seed;
    FusionResult result = GraphFuser.fuse(graph, options);
    if (params != null) {
      assertThat(graph.params()).as(description).isEqualTo(params);
    }
    compare(sample, result, description);
    everyNodeIsAccountedFor(graph, result, description);
    return result;
  }

  private static void compare(RandomGraph.Sample sample, FusionResult result, String description) {
    List<INDArray> expected = Activations.outputs(sample.graph(), sample.x());
    List<INDArray> actual = Activations.outputs(result.network(), sample.x());
    assertThat(actual).as(description).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).shape()).as(description).isEqualTo(expected.get(i).shape());
      boolean dead = expected.get(i).amaxNumber().doubleValue() == 0; // a ReLU nothing passes
      assertThat(
              dead
                  ? Tolerance.maxAbsDifference(actual.get(i), expected.get(i))
                  : Tolerance.maxRelDifference(actual.get(i), expected.get(i)))
          .as("%s, output %s, %s", description, i, result.outcomes())
          .isLessThan(LIMIT);
    }
  }

  private static void everyNodeIsAccountedFor(
      ComputationGraph graph, FusionResult result, String description) {
    List<String> places = new ArrayList<>();
    result.fused().forEach(f -> places.addAll(f.members()));
    result.refused().forEach(r -> places.add(r.place()));
    result.kept().forEach(k -> places.add(k.place()));
    List<String> nodes = new ArrayList<>(graph.getConfiguration().getVertices().keySet());
    assertThat(places).as(description).containsExactlyInAnyOrderElementsOf(nodes);
    result.refused().forEach(r -> assertThat(r.reason()).as(description).isNotBlank());
    assertThat(Arrays.asList(result.network().params()).toString()).doesNotContain("NaN");
  }
}
