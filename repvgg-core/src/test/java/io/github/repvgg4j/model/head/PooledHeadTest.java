package io.github.repvgg4j.model.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.answer.ClassMap;
import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.NoClassMapException;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Class activation maps of DL4J's networks: their algebra, and where there are none. */
class PooledHeadTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(4, 8, 8, 12, 16), 5, InputShape.square(96));

  private static ComputationGraph training() {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(11));
    RandomStatistics.fill(graph, 12);
    graph.getLayer(BlockNames.LINEAR).getParam("b").assign(Nd4j.createFromArray(1f, -2, 3, 4, -5));
    return graph;
  }

  @Test
  void meanOfTheMapAndTheBiasAreTheNetworksLogitInBothForms() {
    ComputationGraph graph = training();
    for (Model network : List.of(graph, GraphFuser.fuse(graph).network())) {
      INDArray image = Nd4j.rand(1, 3, 96, 96).muli(4).subi(2);
      PooledHead head = PooledHead.of(network);
      FeatureMap features = head.features(image);
      assertThat(new int[] {features.height(), features.width()}).containsExactly(3, 3);
      double[] logits =
          IntStream.range(0, 5).mapToDouble(c -> head.linear().map(features, c).logit()).toArray();
      INDArray expected = Logits.of(network, image);
      Tolerance.FLOAT32.check(Nd4j.createFromArray(new double[][] {logits}), expected);
    }
  }

  @Test
  void mapIsTheProductOfWeightsAndFeatures() {
    ComputationGraph graph = training();
    INDArray image = Nd4j.rand(1, 3, 96, 96).muli(4).subi(2);
    PooledHead head = PooledHead.of(graph);
    ClassMap map = head.linear().map(head.features(image), 3);
    INDArray[] read =
        graph.output(List.of(lastFeatures(graph)), false, new INDArray[] {image}, null);
    INDArray weights = graph.getLayer(BlockNames.LINEAR).getParam("W").getColumn(3, true);
    INDArray product = weights.transpose().mmul(read[0].reshape('c', 16, 9));
    Tolerance.FLOAT32.check(Nd4j.createFromArray(new double[][] {map.values()}), product);
    assertThat(map.bias()).isEqualTo(4);
  }

  private static String lastFeatures(ComputationGraph graph) {
    return graph.getConfiguration().getVertexInputs().get(BlockNames.POOL).get(0);
  }

  private static MultiLayerNetwork chain(InputType input, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().seed(5).list();
    List.of(layers).forEach(list::layer);
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init();
    return network;
  }

  private static ConvolutionLayer convolution(CNN2DFormat format) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(6)
        .dataFormat(format)
        .activation(Activation.TANH)
        .build();
  }

  private static ConvolutionLayer convolution() {
    return convolution(CNN2DFormat.NCHW);
  }

  private static Layer pool(PoolingType type) {
    return new GlobalPoolingLayer(type);
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build();
  }

  private static final InputType IMAGES = InputType.convolutional(9, 8, 2);

  @Test
  void layersThatChangeNothingInInferenceMayLieBetween() {
    MultiLayerNetwork network =
        chain(
            IMAGES,
            convolution(),
            pool(PoolingType.AVG),
            new DropoutLayer(0.5),
            new DenseLayer.Builder().nOut(4).hasBias(false).activation(Activation.IDENTITY).build(),
            new ActivationLayer(Activation.IDENTITY),
            new LossLayer.Builder().activation(Activation.SOFTMAX).build());
    checkLogits(network, Nd4j.rand(1, 2, 9, 8));
  }

  @Test
  void channelsMayComeLast() {
    MultiLayerNetwork network =
        chain(
            InputType.convolutional(9, 8, 2, CNN2DFormat.NHWC),
            convolution(CNN2DFormat.NHWC),
            new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(1, 2).build(),
            output());
    checkLogits(network, Nd4j.rand(1, 9, 8, 2));
  }

  private static void checkLogits(MultiLayerNetwork network, INDArray image) {
    PooledHead head = PooledHead.of(network);
    FeatureMap features = head.features(image);
    INDArray logits = Logits.of(network, image);
    for (int c = 0; c < 4; c++) {
      assertThat(head.linear().map(features, c).logit())
          .isCloseTo(logits.getDouble(0, c), within(1e-6));
    }
  }

  @Test
  void otherEndsAreRefusedByName() {
    refused("reads 'layer0' (ConvolutionLayer)", chain(IMAGES, convolution(), output()));
    refused(
        "reads 'layer1' (GlobalPoolingLayer)",
        chain(IMAGES, convolution(), pool(PoolingType.MAX), output()));
    refused(
        "reads 'layer2' (DenseLayer)",
        chain(
            IMAGES,
            convolution(),
            pool(PoolingType.AVG),
            new DenseLayer.Builder().nOut(4).activation(Activation.RELU).build(),
            output()));
    refused(
        "'layer1' (GlobalPoolingLayer) gives the logits",
        chain(
            IMAGES,
            convolution(),
            pool(PoolingType.AVG),
            new LossLayer.Builder().activation(Activation.SOFTMAX).build()));
    refused("averages the image itself", chain(IMAGES, pool(PoolingType.AVG), output()));
  }

  private static void refused(String why, Model network) {
    assertThatThrownBy(() -> PooledHead.of(network))
        .isInstanceOf(NoClassMapException.class)
        .hasMessageStartingWith(
            "has no class activation maps, which need a linear layer that reads")
        .hasMessageContaining(why);
  }
}
