package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.BlockSpec.Form;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RepVggFusionTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 2, 1), List.of(8, 8, 12, 16, 24), 5, InputShape.square(33));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "3, 8, 1, 7, 1",
    "8, 8, 1, 9, 2",
    "8, 8, 2, 9, 1",
    "8, 12, 2, 8, 3",
    "1, 1, 1, 5, 1",
    "5, 5, 1, 1, 2",
    "4, 6, 3, 11, 1"
  })
  void fusedBlockMatchesItsBranches(int in, int out, int stride, int side, int batch) {
    for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
      ComputationGraph block = block(in, out, stride, type);
      FusionResult result = GraphFuser.fuse(block);
      assertThat(result.fused()).hasSize(1);
      assertThat(result.network()).isInstanceOf(MultiLayerNetwork.class);
      INDArray x = Nd4j.randn(type, batch, in, side, side + 2);
      INDArray expected = block.outputSingle(x.dup());
      INDArray actual = ((MultiLayerNetwork) result.network()).output(x.dup());
      (type == DataType.FLOAT ? Tolerance.FLOAT32 : Tolerance.FLOAT64).check(actual, expected);
    }
  }

  private static ComputationGraph block(int in, int out, int stride, DataType type) {
    BlockSpec spec =
        new BlockSpec(
            1,
            0,
            1,
            in,
            out,
            stride,
            1,
            1,
            false,
            Form.repVgg(Branches.ALL),
            RepVggSpec.BATCH_NORM_EPS);
    var builder =
        new NeuralNetConfiguration.Builder()
            .seed(5)
            .dataType(type)
            .graphBuilder()
            .addInputs("input");
    String last = RepVggGraphs.addBlock(builder, spec, "input");
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(last).build());
    graph.init();
    RandomStatistics.fill(graph, 6);
    return graph;
  }

  @Test
  void networkBecomesAChainOfStockLayersNamedByItsBlocks() throws Exception {
    ComputationGraph graph = network(DataType.FLOAT);
    INDArray before = graph.params().dup();
    String confBefore = graph.getConfiguration().toJson();
    FusionResult result = GraphFuser.fuse(graph, FuseOptions.DEFAULT.strict());
    Tolerance.EXACT.check(graph.params(), before);
    assertThat(graph.getConfiguration().toJson()).isEqualTo(confBefore);

    MultiLayerNetwork fused = (MultiLayerNetwork) result.network();
    List<String> expected =
        new java.util.ArrayList<>(SPEC.blocks().stream().map(BlockSpec::name).toList());
    expected.addAll(List.of(BlockNames.POOL, BlockNames.LINEAR));
    assertThat(fused.getLayerNames()).isEqualTo(expected);
    for (int i = 0; i < SPEC.blocks().size(); i++) {
      assertThat(fused.getLayer(i).conf().getLayer().getClass()).isEqualTo(ConvolutionLayer.class);
      assertThat(((ConvolutionLayer) fused.getLayer(i).conf().getLayer()).getActivationFn())
          .isInstanceOf(ActivationReLU.class);
    }
    File zip = folder.resolve("fused.zip").toFile();
    ModelSerializer.writeModel(fused, zip, false);
    INDArray x = Nd4j.randn(DataType.FLOAT, 2, 3, 33, 33);
    Tolerance.EXACT.check(
        ModelSerializer.restoreMultiLayerNetwork(zip).output(x.dup()), fused.output(x.dup()));
    Tolerance.FLOAT32.check(Logits.of(fused, x.dup()), Logits.of(graph, x.dup()));
  }

  @Test
  void networkMatchesInFloat64() {
    ComputationGraph graph = network(DataType.DOUBLE);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 3, 33, 33);
    Tolerance.FLOAT64.check(
        Logits.of(GraphFuser.fuse(graph).network(), x.dup()), Logits.of(graph, x.dup()));
  }

  private static ComputationGraph network(DataType type) {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(3).withDataType(type));
    RandomStatistics.fill(graph, 4);
    return graph;
  }
}
