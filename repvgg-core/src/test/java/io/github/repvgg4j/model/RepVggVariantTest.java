package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import java.util.Locale;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RepVggVariantTest {

  private static final InputType IMAGE = InputType.convolutional(224, 224, 3);
  private static final GraphOptions OPTIONS = GraphOptions.withSeed(1);

  /** The published table, in its digits. The article publishes no figures; its row is computed. */
  @ParameterizedTest
  @CsvSource({
    // parameters in millions and MACs in 10^9, training form / fast form
    "A0,   9.11/8.31,     1.52/1.36",
    "A1,   14.09/12.79,   2.64/2.36",
    "A2,   28.21/25.50,   5.70/5.12",
    "B0,   15.82/14.34,   3.41/3.06",
    "B1,   57.42/51.83,   13.16/11.82",
    "B1g4, 39.97/36.13,   8.15/7.31",
    "B2,   89.02/80.32,   20.45/18.38",
    "B2g4, 61.76/55.78,   12.63/11.33",
    "B3,   123.09/110.96, 29.16/26.21",
    "B3g4, 83.83/75.63,   17.89/16.06",
    "D2se, 133.33/120.39, 36.56/32.85"
  })
  void sizeAndWorkEqualThePublishedTable(String label, String parameters, String macs) {
    RepVggSpec spec = RepVggVariant.of(label).spec();
    ModelCost training = ModelCost.of(RepVggGraphs.configuration(spec, OPTIONS), IMAGE);
    ModelCost fast = ModelCost.of(RepVggGraphs.fastConfiguration(spec, OPTIONS), IMAGE);
    assertThat(pair(training.parameters() / 1e6, fast.parameters() / 1e6)).isEqualTo(parameters);
    assertThat(pair(training.macs() / 1e9, fast.macs() / 1e9)).isEqualTo(macs);
  }

  @Test
  void initialisedNetworkHasTheParametersOfTheTable() {
    ComputationGraph graph =
        new ComputationGraph(RepVggGraphs.configuration(RepVggVariant.A0.spec(), OPTIONS));
    graph.init();
    assertThat(pair(ModelCost.parameters(graph) / 1e6, 0)).startsWith("9.11/");
    assertThat(graph.numParams()).isGreaterThan(ModelCost.parameters(graph)); // running statistics
  }

  /**
   * Parameters in millions and FLOPs in millions of the fused form, as the paper's tables have
   * them; k of the training form doesn't change them.
   */
  @ParameterizedTest
  @CsvSource({
    "mobileone_s0, 2.1, 275",
    "MobileOne-S1, 4.8, 825",
    "S2, 7.8, 1299",
    "s3, 10.1, 1896",
    "MOBILEONE-S4, 14.8, 2978"
  })
  void fusedMobileOnesCostWhatThePaperSays(String label, String parameters, long flops) {
    RepVggSpec spec = RepVggVariant.of(label).spec();
    ModelCost fast = ModelCost.of(RepVggGraphs.fastConfiguration(spec, OPTIONS), IMAGE);
    assertThat(String.format(Locale.ROOT, "%.1f", fast.parameters() / 1e6)).isEqualTo(parameters);
    assertThat(fast.weightMacs() / 1e6).isCloseTo(flops, Offset.offset(1.5));
  }

  /** The table's two rows that are not in the paper count no BatchNorm. */
  @ParameterizedTest
  @CsvSource({"B2g2, 70.85/63.96, 15.20/13.68", "B3g2, 96.91/87.40, 21.61/19.45"})
  void sizeAndWeightWorkEqualTheTableWhereItCountsNoBatchNorm(
      String label, String parameters, String macs) {
    RepVggSpec spec = RepVggVariant.of(label).spec();
    ModelCost training = ModelCost.of(RepVggGraphs.configuration(spec, OPTIONS), IMAGE);
    ModelCost fast = ModelCost.of(RepVggGraphs.fastConfiguration(spec, OPTIONS), IMAGE);
    assertThat(pair(training.parameters() / 1e6, fast.parameters() / 1e6)).isEqualTo(parameters);
    assertThat(pair(training.weightMacs() / 1e9, fast.weightMacs() / 1e9)).isEqualTo(macs);
  }

  /** The table's 8.82 for the fast form comes out only with one MAC for each bias added. */
  @Test
  void workOfB1g2EqualsTheTableWithBiasesCounted() {
    RepVggSpec spec = RepVggVariant.B1G2.spec();
    ModelCost training = ModelCost.of(RepVggGraphs.configuration(spec, OPTIONS), IMAGE);
    ModelCost fast = ModelCost.of(RepVggGraphs.fastConfiguration(spec, OPTIONS), IMAGE);
    long biases = 0;
    long side = 224;
    for (BlockSpec block : spec.blocks()) {
      side /= block.stride();
      biases += block.out() * side * side;
    }
    assertThat(pair(training.parameters() / 1e6, fast.parameters() / 1e6)).isEqualTo("45.78/41.36");
    assertThat(pair(training.macs() / 1e9, fast.macs() / 1e9)).isEqualTo("9.82/8.81");
    assertThat(String.format(Locale.ROOT, "%.2f", (fast.macs() + biases) / 1e9)).isEqualTo("8.82");
  }

  private static String pair(double training, double fast) {
    return String.format(Locale.ROOT, "%.2f/%.2f", training, fast);
  }

  @Test
  void articleNetworkIsCountedByHand() {
    RepVggSpec spec = RepVggVariant.ARTICLE.spec();
    long kernels = 0;
    int[][] maps = {{3, 64}, {64, 64}, {64, 64}, {64, 128}, {128, 128}, {128, 256}, {256, 256}};
    for (int[] map : maps) {
      kernels += map[0] * map[1];
    }
    kernels += 256 * 512 + 512 * 512;
    long outputs = 64 + 2 * 64 + 2 * 128 + 2 * 256 + 2 * 512;
    long head = 512 * 1000 + 1000;
    ModelCost fast = ModelCost.of(RepVggGraphs.fastConfiguration(spec, OPTIONS), IMAGE);
    assertThat(fast.parameters()).isEqualTo(9 * kernels + outputs + head);
    long identities = 64 + 128 + 256 + 512;
    ModelCost training = ModelCost.of(RepVggGraphs.configuration(spec, OPTIONS), IMAGE);
    assertThat(training.parameters())
        .isEqualTo(10 * kernels + 2 * (2 * outputs + identities) + head);
  }

  @ParameterizedTest
  @EnumSource(
      value = RepVggVariant.class,
      names = {"A0", "ARTICLE"})
  void builtGraphHoldsTheCountedParametersAndTheRunningStatistics(RepVggVariant variant) {
    RepVggSpec spec = variant.spec(10, InputShape.square(32));
    ComputationGraph graph = RepVggGraphs.build(spec, OPTIONS);
    long statistics =
        spec.blocks().stream().mapToLong(b -> 2L * b.out() * (b.hasIdentity() ? 3 : 2)).sum();
    ModelCost cost = ModelCost.of(graph.getConfiguration(), InputType.convolutional(32, 32, 3));
    assertThat(graph.numParams()).isEqualTo(cost.parameters() + statistics);
  }

  @Test
  void labelsAreReadInAnyCaseAndUnknownOnesListAll() {
    assertThat(RepVggVariant.of("RepVGG-B1G4")).isEqualTo(RepVggVariant.B1G4);
    assertThat(RepVggVariant.of("d2SE").label()).isEqualTo("D2se");
    assertThatThrownBy(() -> RepVggVariant.of("B4"))
        .hasMessageStartingWith("no variant 'B4'; there are A0, A1, A2, B0, B1, B1g2,");
  }
}
