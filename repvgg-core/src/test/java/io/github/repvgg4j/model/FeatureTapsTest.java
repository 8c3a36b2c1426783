package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FeatureTapsTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 2, 1), List.of(16, 16, 16, 32, 32), 5, InputShape.square(64));

  @Test
  void stagesHaveStrides4To32AndTheirOwnWidths() {
    for (boolean excitation : new boolean[] {false, true}) {
      RepVggSpec spec = SPEC.withBlockOptions(new BlockOptions(2, excitation));
      ComputationGraph fast =
          new ComputationGraph(RepVggGraphs.fastConfiguration(spec, GraphOptions.withSeed(1)));
      fast.init();
      for (ComputationGraph graph :
          List.of(RepVggGraphs.build(spec, GraphOptions.withSeed(1)), fast)) {
        Map<Integer, INDArray> outputs =
            FeatureTaps.of(graph)
                .outputs(graph, Nd4j.rand(2, 3, 64, 64), FeatureTaps.BACKBONE_STAGES);
        assertThat(outputs.get(1).shape()).containsExactly(2, 16, 16, 16);
        assertThat(outputs.get(2).shape()).containsExactly(2, 16, 8, 8);
        assertThat(outputs.get(3).shape()).containsExactly(2, 32, 4, 4);
        assertThat(outputs.get(4).shape()).containsExactly(2, 32, 2, 2);
      }
    }
  }

  @Test
  void tapsAreTheActivationsOfTheWholeNetwork() {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(1));
    RandomStatistics.fill(graph, 2);
    INDArray input = Nd4j.rand(1, 3, 64, 64);
    FeatureTaps taps = FeatureTaps.of(graph);
    assertThat(taps.vertices()).containsEntry(2, "stage2.block1.relu");
    INDArray last = taps.outputs(graph, input, List.of(4)).get(4);
    INDArray logits =
        last.mean(2, 3)
            .mmul(graph.getLayer(BlockNames.LINEAR).getParam("W"))
            .addiRowVector(graph.getLayer(BlockNames.LINEAR).getParam("b"));
    Tolerance.FLOAT32.check(logits, Logits.of(graph, input));
  }

  @Test
  void foreignNetworksAndStagesAreRefused() {
    ComputationGraph foreign =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nIn(2).nOut(2).activation(Activation.SOFTMAX).build(),
                    "in")
                .setOutputs("out")
                .build());
    foreign.init();
    assertThatThrownBy(() -> FeatureTaps.of(foreign))
        .hasMessageStartingWith("no layer stage0.block0 or stage0.block0.relu");
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(1));
    assertThatThrownBy(
            () -> FeatureTaps.of(graph).outputs(graph, Nd4j.rand(1, 3, 64, 64), List.of(5)))
        .hasMessage("stage must be 0 to 4, got 5");
  }

  @Test
  void onlyEvenBlocksFromTheThirdOnAreGrouped() {
    ComputationGraph graph =
        RepVggGraphs.build(
            SPEC.withBlockOptions(new BlockOptions(4, false)), GraphOptions.withSeed(1));
    for (BlockSpec block : SPEC.blocks()) {
      boolean even = block.layerIndex() >= 2 && block.layerIndex() % 2 == 0;
      for (String name :
          List.of(BlockNames.denseConv(block.name()), BlockNames.pointwiseConv(block.name()))) {
        assertThat(graph.getLayer(name).conf().getLayer() instanceof GroupedConvolution2D)
            .as(name)
            .isEqualTo(even);
      }
    }
  }
}
