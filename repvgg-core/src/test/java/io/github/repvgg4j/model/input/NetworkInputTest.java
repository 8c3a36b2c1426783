package io.github.repvgg4j.model.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.input.NetworkInput.Origin;
import io.github.repvgg4j.spec.InputShape;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What is found is run: DL4J takes it, and refuses the neighbouring sizes where one is fixed. */
class NetworkInputTest {

  private static ConvolutionLayer conv(int side, int stride) {
    return new ConvolutionLayer.Builder(side, side).stride(stride, stride).nOut(3).build();
  }

  private static SubsamplingLayer halved() {
    return new SubsamplingLayer.Builder(
            SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
        .build();
  }

  private static Layer head() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(4)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork chain(InputType input, Layer... layers) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().seed(1).list(layers).setInputType(input).build());
    network.init();
    return network;
  }

  private static NetworkInput derived(Model network) {
    return NetworkInput.of(network, Optional.empty());
  }

  private static void run(Model network, NetworkInput input) {
    InputShape shape = input.shape();
    float[] values = new float[shape.channels() * shape.height() * shape.width()];
    INDArray array = input.array(values, 1);
    if (network instanceof ComputationGraph graph) {
      graph.output(array);
    } else {
      ((MultiLayerNetwork) network).output(array);
    }
  }

  private static void isFixed(MultiLayerNetwork network, int c, int h, int w) {
    NetworkInput found = derived(network);
    assertThat(found.origin()).isEqualTo(Origin.FIXED);
    assertThat(found.shape()).isEqualTo(new InputShape(c, h, w));
    run(network, found);
  }

  @Test
  void anySizeBehindGlobalPooling() {
    MultiLayerNetwork network =
        chain(
            InputType.convolutional(40, 40, 5),
            new ActivationLayer(Activation.TANH),
            conv(3, 2),
            new BatchNormalization(),
            new GlobalPoolingLayer(PoolingType.AVG),
            head());
    NetworkInput found = derived(network);
    assertThat(found.origin()).isEqualTo(Origin.ANY_SIZE);
    assertThat(found.shape().channels()).isEqualTo(5);
    run(network, found);
  }

  @Test
  void sizeThatADenseLayerFixes() {
    isFixed(chain(InputType.convolutional(28, 28, 1), conv(5, 1), halved(), head()), 1, 28, 28);
    isFixed(
        chain(InputType.convolutional(224, 224, 3), conv(7, 4), halved(), halved(), head()),
        3,
        224,
        224);
    isFixed(
        chain(
            InputType.convolutional(17, 45, 2),
            conv(3, 1),
            new DenseLayer.Builder().nOut(6).build(),
            head()),
        2,
        17,
        45);
  }

  /** DL4J would take 20 pixels as well, and pool over the edge of a 2 x 2 image. */
  @Test
  void windowsLieWithinTheirImages() {
    isFixed(
        chain(
            InputType.convolutional(32, 32, 3),
            conv(1, 8),
            new SubsamplingLayer.Builder(
                    SubsamplingLayer.PoolingType.MAX, new int[] {3, 3}, new int[] {2, 2})
                .build(),
            head()),
        3,
        32,
        32);
  }

  @Test
  void sizeOfFlatInput() {
    MultiLayerNetwork network =
        chain(InputType.convolutionalFlat(20, 30, 1), conv(3, 1), halved(), head());
    isFixed(network, 1, 20, 30);
  }

  @Test
  void channelsLastInTheSameOrder() {
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 3).nOut(3).dataFormat(CNN2DFormat.NHWC).build();
    MultiLayerNetwork free =
        chain(
            InputType.convolutional(20, 20, 4, CNN2DFormat.NHWC),
            conv,
            new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(1, 2).build(),
            head());
    NetworkInput found = derived(free);
    assertThat(found.format()).isEqualTo(CNN2DFormat.NHWC);
    assertThat(found.shape().channels()).isEqualTo(4);
    run(free, found);
    MultiLayerNetwork fixed =
        chain(InputType.convolutional(12, 18, 4, CNN2DFormat.NHWC), conv, head());
    isFixed(fixed, 4, 12, 18);
    NetworkInput stated = NetworkInput.of(fixed, Optional.of(new InputShape(4, 12, 18)));
    run(fixed, stated);
  }

  @Test
  void firstLayersThatOnlyPad() {
    MultiLayerNetwork network =
        chain(
            InputType.convolutional(30, 30, 3),
            new ZeroPaddingLayer(3, 3),
            conv(7, 2),
            new GlobalPoolingLayer(PoolingType.MAX),
            head());
    assertThat(derived(network).shape().channels()).isEqualTo(3);
  }

  @Test
  void skipsThatJoinOnlyAtEvenSizes() {
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(32, 32, 3))
            .addLayer("a", conv(1, 1), "in")
            .addLayer("down", halved(), "a")
            .addLayer(
                "up", new org.deeplearning4j.nn.conf.layers.Upsampling2D.Builder(2).build(), "down")
            .addVertex("both", new MergeVertex(), "a", "up")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "both")
            .addLayer("out", head(), "pool")
            .setOutputs("out");
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    run(graph, derived(graph));
  }

  @Test
  void statedShapeThatDoesNotFitIsNamed() {
    MultiLayerNetwork network =
        chain(InputType.convolutional(28, 28, 1), conv(5, 1), halved(), head());
    assertThatThrownBy(() -> NetworkInput.of(network, Optional.of(new InputShape(3, 28, 28))))
        .isInstanceOf(UnknownInputException.class)
        .hasMessage("reads 1 channels, and [3, 28, 28] has 3");
    assertThatThrownBy(() -> NetworkInput.of(network, Optional.of(new InputShape(1, 40, 28))))
        .hasMessageContaining("layer 'layer2' reads 12x12 pixels, and would get 18x12");
    assertThatThrownBy(() -> NetworkInput.of(network, Optional.of(new InputShape(1, 2, 2))))
        .hasMessageContaining("takes no images of shape [1, 2, 2]");
  }

  @Test
  void whatReadsNoImagesSaysSo() {
    MultiLayerNetwork series =
        chain(
            InputType.recurrent(2, 6),
            new Convolution1DLayer.Builder(3).nOut(4).build(),
            new RnnOutputLayer.Builder(LossFunction.MSE).nOut(2).build());
    assertThatThrownBy(() -> derived(series)).hasMessageContaining("reads time series");
    MultiLayerNetwork recurrent =
        chain(
            InputType.recurrent(2, 6),
            new LSTM.Builder().nOut(4).build(),
            new RnnOutputLayer.Builder(LossFunction.MSE).nOut(2).build());
    assertThatThrownBy(() -> derived(recurrent)).hasMessageContaining("reads time series");
    MultiLayerNetwork volumes =
        chain(
            InputType.convolutional3D(6, 6, 6, 2),
            new Convolution3D.Builder(3, 3, 3).nOut(2).build(),
            head());
    assertThatThrownBy(() -> derived(volumes)).hasMessageContaining("reads volumes");
    MultiLayerNetwork vectors =
        chain(InputType.feedForward(7), new DenseLayer.Builder().nOut(3).build(), head());
    assertThatThrownBy(() -> derived(vectors)).hasMessageContaining("reads vectors");
  }

  @Test
  void twoInputsAreASentence() {
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("left", "right")
            .setInputTypes(InputType.convolutional(8, 8, 3), InputType.convolutional(8, 8, 3))
            .addVertex("both", new MergeVertex(), "left", "right")
            .addLayer("out", head(), "both")
            .setOutputs("out");
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    assertThatThrownBy(() -> derived(graph))
        .isInstanceOf(UnknownInputException.class)
        .hasMessageContaining("reads 2 inputs (left, right)");
  }
}
