package io.github.repvgg4j.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.testkit.Tolerance;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.L2Regularization;

class GroupedConvolution2DTest {

  private static final LayerWorkspaceMgr HEAP = LayerWorkspaceMgr.noWorkspaces();

  /** Which ND4J's own depthwise operations refuse. */
  @ParameterizedTest
  @CsvSource({"1, 1, DOUBLE", "1, 1, FLOAT", "2, 2, DOUBLE", "2, 2, FLOAT"})
  void oneImageThatBecomesOnePixel(int side, int stride, DataType type) {
    INDArray input = SmallGraphs.random(1, type, 1, 4, side, side);
    INDArray weights = SmallGraphs.random(2, type, 4, 1, 1, 1);
    INDArray output = Nd4j.zeros(type, 1, 4, 1, 1);
    int[] one = {1, 1};
    ConvolutionWindow window =
        new ConvolutionWindow(one, new int[] {stride, stride}, new int[2], one);
    GroupedKernel kernel = new GroupedKernel(window, 4);
    kernel.forward(input, weights, null, output);
    INDArray inputGradient = Nd4j.zeros(type, 1, 4, side, side);
    INDArray weightGradient = Nd4j.zeros(type, 4, 1, 1, 1);
    INDArray ones = Nd4j.ones(type, 1, 4, 1, 1);
    kernel.backward(input, weights, ones, inputGradient, weightGradient);
    for (int c = 0; c < 4; c++) {
      double x = input.getDouble(0, c, 0, 0);
      double w = weights.getDouble(c, 0, 0, 0);
      assertThat(output.getDouble(0, c, 0, 0)).isCloseTo(x * w, within(1e-6));
      assertThat(inputGradient.getDouble(0, c, 0, 0)).isCloseTo(w, within(1e-6));
      assertThat(weightGradient.getDouble(c, 0, 0, 0)).isCloseTo(x, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // groups, outputs, kernel, stride, padding, dilation, examples, type
    "1, 16, 3, 1, 1, 1, 2, DOUBLE",
    "2, 16, 3, 1, 1, 1, 3, DOUBLE",
    "4, 16, 3, 2, 1, 1, 2, DOUBLE",
    "8, 16, 3, 1, 0, 1, 2, DOUBLE",
    "2, 16, 1, 2, 0, 1, 3, DOUBLE",
    "4, 16, 3, 1, 2, 2, 2, DOUBLE",
    "8, 8, 3, 1, 1, 1, 3, DOUBLE",
    "8, 8, 1, 2, 0, 1, 3, DOUBLE",
    "8, 8, 3, 1, 2, 2, 2, DOUBLE",
    "8, 8, 3, 2, 1, 1, 3, FLOAT",
    "8, 8, 1, 1, 0, 1, 1, FLOAT",
    "8, 8, 3, 1, 2, 2, 2, FLOAT",
    "1, 16, 3, 1, 1, 1, 2, FLOAT",
    "2, 16, 3, 1, 1, 1, 3, FLOAT",
    "4, 16, 3, 2, 1, 1, 2, FLOAT",
    "4, 16, 3, 1, 1, 1, 1, FLOAT",
    "8, 16, 3, 1, 0, 1, 2, FLOAT",
    "2, 16, 1, 2, 0, 1, 3, FLOAT",
    "4, 16, 3, 1, 2, 2, 2, FLOAT"
  })
  void answersLikeStockConvolutionWithBlockDiagonalKernel(
      int groups,
      int outputs,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int examples,
      DataType type) {
    Tolerance tolerance = type == DataType.DOUBLE ? Tolerance.FLOAT64 : Tolerance.FLOAT32;
    Layer grouped =
        layer(
            SmallGraphs.around(
                new GroupedConvolution2D.Builder(kernel, kernel)
                    .nOut(outputs)
                    .groups(groups)
                    .stride(stride, stride)
                    .padding(padding, padding)
                    .dilation(dilation, dilation)
                    .activation(Activation.TANH)
                    .build(),
                type));
    Layer stock =
        layer(
            SmallGraphs.around(
                new ConvolutionLayer.Builder(kernel, kernel)
                    .nOut(outputs)
                    .stride(stride, stride)
                    .padding(padding, padding)
                    .dilation(dilation, dilation)
                    .activation(Activation.TANH)
                    .build(),
                type));
    grouped.getParam("b").assign(SmallGraphs.random(3, type, 16));
    stock.setParam("b", grouped.getParam("b"));
    stock.setParam("W", blockDiagonal(grouped.getParam("W"), groups));

    // Activations of stock layers come in odd orders: [C, N, H, W] in memory is the usual one.
    INDArray input = SmallGraphs.random(4, type, 8, examples, 8, 7).permute(1, 0, 2, 3);
    INDArray output = grouped.activate(input, true, HEAP);
    tolerance.check(output, stock.activate(input.dup('c'), true, HEAP));

    long[] shape = output.shape();
    INDArray epsilon =
        SmallGraphs.random(5, type, shape[1], shape[0], shape[2], shape[3]).permute(1, 0, 2, 3);
    var actual = grouped.backpropGradient(epsilon.dup('f'), HEAP);
    var expected = stock.backpropGradient(epsilon.dup('c'), HEAP);
    tolerance.check(actual.getSecond(), expected.getSecond());
    tolerance.check(actual.getFirst().getGradientFor("b"), expected.getFirst().getGradientFor("b"));
    tolerance.check(
        actual.getFirst().getGradientFor("W"),
        diagonalBlocks(
            expected.getFirst().getGradientFor("W"), grouped.getParam("W").shape(), groups));
  }

  private static Layer layer(ComputationGraph graph) {
    graph.initGradientsView();
    return graph.getLayer("layer");
  }

  private static INDArray blockDiagonal(INDArray weights, int groups) {
    long[] shape = weights.shape();
    INDArray dense =
        Nd4j.zeros(weights.dataType(), shape[0], shape[1] * groups, shape[2], shape[3]);
    forEach(
        shape,
        (o, i, y, x) ->
            dense.putScalar(
                new long[] {o, denseInput(shape, groups, o, i), y, x},
                weights.getDouble(o, i, y, x)));
    return dense;
  }

  private static INDArray diagonalBlocks(INDArray dense, long[] shape, int groups) {
    INDArray weights = Nd4j.create(dense.dataType(), shape);
    forEach(
        shape,
        (o, i, y, x) ->
            weights.putScalar(
                new long[] {o, i, y, x},
                dense.getDouble(o, denseInput(shape, groups, o, i), y, x)));
    return weights;
  }

  private static long denseInput(long[] shape, int groups, long out, long in) {
    return out / (shape[0] / groups) * shape[1] + in;
  }

  private interface Place {
    void visit(long out, long in, long y, long x);
  }

  private static void forEach(long[] shape, Place place) {
    for (long o = 0; o < shape[0]; o++) {
      for (long i = 0; i < shape[1]; i++) {
        for (long y = 0; y < shape[2]; y++) {
          for (long x = 0; x < shape[3]; x++) {
            place.visit(o, i, y, x);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1, true", "2, 1, 1, true", "4, 2, 1, false", "8, 1, 2, true"})
  void gradientsEqualFiniteDifferences(int groups, int stride, int dilation, boolean bias) {
    ComputationGraph graph =
        SmallGraphs.around(
            new GroupedConvolution2D.Builder(3, 3)
                .nOut(8)
                .groups(groups)
                .stride(stride, stride)
                .dilation(dilation, dilation)
                .padding(1, 1)
                .hasBias(bias)
                .activation(Activation.SIGMOID)
                .build(),
            DataType.DOUBLE);
    double error = GradientCheck.largestRelativeError(graph, SmallGraphs.data(4, DataType.DOUBLE));
    System.out.printf("grouped convolution, %d groups: relative error %.1e%n", groups, error);
    assertThat(error).isLessThanOrEqualTo(1e-5);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void modelZipGivesTheSameNetwork(DataType type, @TempDir Path folder) throws IOException {
    ComputationGraph graph = SmallGraphs.around(grouped(4).build(), type);
    File zip = folder.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(zip);
    INDArray input = SmallGraphs.data(3, type).getFeatures();
    assertThat(restored.getConfiguration()).isEqualTo(graph.getConfiguration());
    Tolerance.EXACT.check(restored.outputSingle(input), graph.outputSingle(input));
    Tolerance.EXACT.check(graph.clone().outputSingle(input), graph.outputSingle(input));
  }

  @Test
  void jsonKeepsEveryOption() {
    GroupedConvolution2D layer =
        new GroupedConvolution2D.Builder(3, 2)
            .nOut(12)
            .groups(4)
            .stride(2, 1)
            .padding(1, 0)
            .dilation(1, 2)
            .hasBias(false)
            .activation(Activation.RELU)
            .l2(0.25)
            .build();
    String json = SmallGraphs.around(layer, DataType.FLOAT).getConfiguration().toJson();
    var vertex = ComputationGraphConfiguration.fromJson(json).getVertices().get("layer");
    GroupedConvolution2D read =
        (GroupedConvolution2D)
            ((org.deeplearning4j.nn.conf.graph.LayerVertex) vertex).getLayerConf().getLayer();
    assertThat(read.getNIn()).isEqualTo(8);
    assertThat(read.getNOut()).isEqualTo(12);
    assertThat(read.getGroups()).isEqualTo(4);
    assertThat(read.getKernelSize()).containsExactly(3, 2);
    assertThat(read.getStride()).containsExactly(2, 1);
    assertThat(read.getPadding()).containsExactly(1, 0);
    assertThat(read.getDilation()).containsExactly(1, 2);
    assertThat(read.hasBias()).isFalse();
    assertThat(read.getActivationFn()).isEqualTo(Activation.RELU.getActivationFunction());
    assertThat(read.getRegularizationByParam("W")).containsExactly(new L2Regularization(0.25));
    assertThat(read.getRegularizationByParam("b")).isNullOrEmpty();
  }

  @Test
  void multiLayerNetworkTrainsWithRegularisation() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(SmallGraphs.SEED)
                .l2(1e-3)
                .updater(new Adam(0.03))
                .list()
                .layer(grouped(2).activation(Activation.RELU).build())
                .layer(
                    new OutputLayer.Builder()
                        .nOut(SmallGraphs.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(7, 6, 2))
                .build());
    network.init();
    DataSet data = SmallGraphs.data(6, DataType.FLOAT);
    double before = network.score(data);
    for (int step = 0; step < 40; step++) {
      network.fit(data);
    }
    assertThat(network.score(data)).isLessThan(0.8 * before);
  }

  @Test
  void initialWeightsFollowTheFanInOfOneGroup() {
    ComputationGraph graph = SmallGraphs.around(grouped(4).nOut(64).build(), DataType.FLOAT);
    // Xavier: variance 2 / (fanIn + fanOut), both of one group
    double deviation = graph.getLayer("layer").getParam("W").stdNumber().doubleValue();
    assertThat(deviation).isBetween(0.9 * Math.sqrt(2.0 / 162), 1.1 * Math.sqrt(2.0 / 162));
    assertThat(graph.getLayer("layer").getParam("W").shape()).containsExactly(64, 2, 3, 3);
  }

  @Test
  void impossibleLayersAreRefused() {
    assertThatThrownBy(() -> SmallGraphs.around(grouped(3).build(), DataType.FLOAT))
        .hasMessageContaining("groups must be at least 1 and divide the channels, got 0 -> 8 in 3");
    assertThatThrownBy(
            () ->
                SmallGraphs.around(grouped(4).padding(0, 0).dilation(4, 4).build(), DataType.FLOAT))
        .hasMessageContaining("\"layer\": input 7 x 6 is too small for kernel [3, 3]");
    Layer layer = SmallGraphs.around(grouped(4).build(), DataType.FLOAT).getLayer("layer");
    for (long[] shape : List.of(new long[] {1, 4, 7, 6}, new long[] {8, 7})) {
      assertThatThrownBy(() -> layer.activate(Nd4j.ones(shape), false, HEAP))
          .hasMessageContaining("needs input [N, 8, H, W]");
    }
  }

  private static GroupedConvolution2D.Builder grouped(int groups) {
    return new GroupedConvolution2D.Builder(3, 3).nOut(8).groups(groups).padding(1, 1);
  }
}
