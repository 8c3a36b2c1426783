package io.github.repvgg4j.accelerate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Networks that are not ours, and what Deeplearning4j does to networks. */
@DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
class AcceleratorLifecycleTest {

  private static ConvolutionLayer.Builder conv(int kernel) {
    return new ConvolutionLayer.Builder(kernel, kernel).nOut(12).activation(Activation.RELU);
  }

  private static MultiLayerNetwork network(
      ConvolutionMode mode, CNN2DFormat format, ConvolutionLayer... convolutions) {
    var list = new NeuralNetConfiguration.Builder().seed(3).convolutionMode(mode).list();
    for (ConvolutionLayer convolution : convolutions) {
      list.layer(convolution).layer(new BatchNormalization());
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list.layer(new GlobalPoolingLayer())
                .layer(new DenseLayer.Builder().nOut(7).build())
                .layer(new BatchNormalization())
                .layer(new OutputLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(18, 15, 3, format))
                .build());
    network.init();
    RandomStatistics.fill(network, 4);
    return network;
  }

  private static MultiLayerNetwork plain() {
    return network(ConvolutionMode.Truncate, CNN2DFormat.NCHW, conv(3).padding(1, 1).build());
  }

  static Stream<ConvolutionLayer> geometries() {
    return Stream.of(
        conv(3).dilation(2, 2).build(),
        conv(3).stride(2, 2).build(),
        conv(2).stride(2, 1).build(),
        conv(5).stride(3, 2).dilation(1, 2).build(),
        conv(1).hasBias(false).activation(Activation.IDENTITY).build(),
        conv(3).activation(Activation.TANH).build());
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void anyGeometryGivesStocksOutputsAndGradients(ConvolutionLayer convolution) {
    for (ConvolutionMode mode :
        new ConvolutionMode[] {ConvolutionMode.Same, ConvolutionMode.Truncate}) {
      agreesWithStock(network(mode, CNN2DFormat.NCHW, convolution, conv(3).build()), 18, 15);
    }
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void bothImageLayoutsGiveStocksOutputsAndGradients(CNN2DFormat format) {
    MultiLayerNetwork network =
        network(ConvolutionMode.Same, format, conv(3).stride(2, 2).build(), conv(3).build());
    agreesWithStock(network, 18, 15);
  }

  private static void agreesWithStock(MultiLayerNetwork network, int height, int width) {
    boolean nhwc =
        ((ConvolutionLayer) network.getLayer(0).conf().getLayer()).getCnn2dDataFormat()
            == CNN2DFormat.NHWC;
    Nd4j.getRandom().setSeed(9);
    INDArray input = nhwc ? Nd4j.rand(5, height, width, 3) : Nd4j.rand(5, 3, height, width);
    INDArray labels = Nd4j.eye(5).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4)).dup();
    labels.putScalar(4, 0, 1);
    DataSet batch = new DataSet(input, labels);
    INDArray stockOutput = network.output(input);
    network.setInput(input);
    network.setLabels(labels);
    network.computeGradientAndScore();
    INDArray stockGradient = network.getFlattenedGradients().dup();

    AccelerationReport report = Accelerator.enable(network, AccelerationMode.REQUIRE);

    assertThat(report.table()).contains("OneDnnConvolution").doesNotContain("MKLDNN");
    Tolerance.FLOAT32.check(network.output(input), stockOutput);
    network.setInput(input);
    network.setLabels(labels);
    network.computeGradientAndScore();
    double difference = Tolerance.maxRelDifference(network.getFlattenedGradients(), stockGradient);
    assertThat(difference).as("gradient").isLessThan(1e-4);
    network.fit(batch);
  }

  @Test
  void aDerivedConvolutionStaysStockAndSaysWhy() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new Deconvolution2D.Builder(3, 3).nOut(4).name("up").build())
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(9, 9, 3))
                .build());
    network.init();
    AccelerationReport report = Accelerator.enable(network);
    assertThat(report.stock()).singleElement().extracting("layer").isEqualTo("up");
    assertThat(report.stock().get(0).reason()).isEqualTo("no helper for Deconvolution2DLayer");
  }

  @Test
  void clonesReloadsAndTransfersAreAcceleratedByOneCallEach(@TempDir Path folder) throws Exception {
    MultiLayerNetwork original = plain();
    Accelerator.enable(original);
    Path zip = folder.resolve("m.zip");
    ModelSerializer.writeModel(original, zip.toFile(), true);
    INDArray input = Nd4j.rand(2, 3, 18, 15);
    INDArray expected = original.output(input);

    for (MultiLayerNetwork made :
        new MultiLayerNetwork[] {
          original.clone(), ModelSerializer.restoreMultiLayerNetwork(zip.toFile())
        }) {
      assertStockThenAccelerated(made);
      Tolerance.FLOAT32.check(made.output(input), expected);
    }
    MultiLayerNetwork transferred =
        new TransferLearning.Builder(original).setFeatureExtractor(1).build();
    assertStockThenAccelerated(transferred);
    Tolerance.FLOAT32.check(transferred.output(input), expected);
  }

  private static void assertStockThenAccelerated(Model made) {
    assertThat(Accelerator.report(made).active()).isZero();
    assertThat(Accelerator.enable(made).stock()).isEmpty();
    assertThat(Accelerator.report(made).stock()).isEmpty();
  }

  @Test
  void replicasOfParallelInferenceAreAcceleratedByOneCall() {
    MultiLayerNetwork original = plain();
    INDArray input = Nd4j.rand(2, 3, 18, 15);
    INDArray expected = original.output(input);
    ParallelInference parallel =
        new ParallelInference.Builder(original)
            .inferenceMode(InferenceMode.INPLACE)
            .workers(2)
            .build();

    List<AccelerationReport> reports = Accelerator.enableReplicas(parallel, AccelerationMode.AUTO);

    assertThat(reports).hasSizeGreaterThanOrEqualTo(2);
    assertThat(reports).allSatisfy(report -> assertThat(report.stock()).isEmpty());
    Tolerance.FLOAT32.check(parallel.output(input), expected);
  }
}
