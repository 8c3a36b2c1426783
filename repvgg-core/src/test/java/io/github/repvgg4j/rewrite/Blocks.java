package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Builds small graphs in float64 and fuses them. */
final class Blocks {

  static final int CHANNELS = 4;

  private Blocks() {}

  /** A graph with one input "x" and the output "y". */
  static ComputationGraph graph(UnaryOperator<GraphBuilder> build) {
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .seed(7)
            .dataType(DataType.DOUBLE)
            .graphBuilder()
            .addInputs("x");
    ComputationGraph graph = new ComputationGraph(build.apply(builder).setOutputs("y").build());
    graph.init();
    RandomStatistics.fill(graph, 8);
    return graph;
  }

  static ConvolutionLayer.Builder conv(int kh, int kw, int stride, int ph, int pw) {
    return new ConvolutionLayer.Builder(kh, kw)
        .stride(stride, stride)
        .padding(ph, pw)
        .nIn(CHANNELS)
        .nOut(CHANNELS)
        .hasBias(false)
        .convolutionMode(ConvolutionMode.Truncate)
        .activation(Activation.IDENTITY);
  }

  static Layer conv(int kernel) {
    return conv(kernel, kernel, 1, kernel / 2, kernel / 2).build();
  }

  static ConvolutionLayer same(int kernel, int stride) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .nIn(CHANNELS)
        .nOut(CHANNELS)
        .hasBias(false)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.IDENTITY)
        .build();
  }

  static Layer bn() {
    return new BatchNormalization.Builder().nIn(CHANNELS).nOut(CHANNELS).build();
  }

  static Layer relu() {
    return new ActivationLayer(Activation.RELU);
  }

  static ElementWiseVertex add() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  /** Fuses and compares with what the graph says, on inputs of several sizes. */
  static FusionResult fuse(ComputationGraph graph, FuseOptions options, int... sides) {
    INDArray before = graph.params().dup();
    FusionResult result = GraphFuser.fuse(graph, options);
    Tolerance.EXACT.check(graph.params(), before);
    for (int side : sides) {
      INDArray x = Nd4j.randn(DataType.DOUBLE, 2, CHANNELS, side, side);
      INDArray expected = Activations.outputs(graph, x).get(0);
      INDArray actual =
          result.network() instanceof ComputationGraph fused
              ? fused.outputSingle(x.dup())
              : ((MultiLayerNetwork) result.network()).output(x.dup());
      Tolerance.FLOAT64.check(actual, expected);
    }
    return result;
  }

  /** Fuses to a single convolution, for odd and even inputs. */
  static FusionResult fuseToOne(ComputationGraph graph) {
    FusionResult result = fuse(graph, FuseOptions.DEFAULT.strict(), 8, 9);
    assertThat(result.network()).isInstanceOf(MultiLayerNetwork.class);
    assertThat(((MultiLayerNetwork) result.network()).getnLayers()).isEqualTo(1);
    return result;
  }
}
