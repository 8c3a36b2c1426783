package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the fuser names itself never has the name of something of the network's owner. */
class GeneratedNamesTest {

  private static GraphBuilder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .dataType(DataType.DOUBLE)
        .activation(Activation.IDENTITY)
        .graphBuilder()
        .addInputs("in");
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(3, 3).nIn(2).nOut(2).padding(1, 1).build();
  }

  private static BatchNormalization norm() {
    return new BatchNormalization.Builder().nIn(2).nOut(2).build();
  }

  private static FusionResult fused(GraphBuilder builder, String... outputs) {
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(outputs).build());
    graph.init();
    RandomStatistics.fill(graph, 4);
    Nd4j.getRandom().setSeed(5);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 2, 6, 6);
    FusionResult result = GraphFuser.fuse(graph);
    List<INDArray> expected = Activations.outputs(graph, x);
    List<INDArray> actual = Activations.outputs(result.network(), x);
    for (int i = 0; i < expected.size(); i++) {
      Tolerance.FLOAT64.check(actual.get(i), expected.get(i));
    }
    return result;
  }

  @Test
  void copyBeforeAnActivationLayer() {
    FusionResult result =
        fused(
            builder()
                .addLayer("conv", conv(), "in")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "conv")
                .addLayer("relu.copy", conv(), "conv")
                .addLayer("relu.copy#2", norm(), "relu.copy"),
            "relu",
            "relu.copy#2");
    assertThat(result.corrected()).hasSize(1);
    assertThat(((ComputationGraph) result.network()).getConfiguration().getVertices())
        .containsKeys("relu.copy#3");
  }

  @Test
  void partOfASum() {
    FusionResult result =
        fused(
            builder()
                .addLayer("z", new ActivationLayer(Activation.TANH), "in")
                .addLayer("a", conv(), "in")
                .addLayer("b", conv(), "in")
                .addLayer("sum.in", conv(), "z")
                .addVertex("sum", new ElementWiseVertex(Op.Add), "a", "b", "sum.in")
                .addLayer("end", new ActivationLayer(Activation.TANH), "sum"),
            "end");
    assertThat(result.fused()).hasSize(1);
    assertThat(result.fused().get(0).members()).containsExactly("a", "b");
  }

  @Test
  void whatMembersHaveInCommon() {
    FusionResult result =
        fused(
            builder()
                .addLayer("block.conv", conv(), "in")
                .addLayer("block.norm", norm(), "block.conv")
                .addLayer("block", new ActivationLayer(Activation.TANH), "block.norm")
                .addLayer("other.conv", conv(), "block")
                .addLayer("other.norm", norm(), "other.conv"),
            "block",
            "other.norm");
    assertThat(result.fused()).hasSize(2);
  }
}
