package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks with branches, against DL4J. */
class FastGraphTest {

  private static final RuntimeOptions FP32 = RuntimeOptions.of(Precision.FP32);
  private static final InputShape SHAPE = InputShape.square(24);

  private static Layer conv(int kernel, int stride, int out, Activation activation) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .padding(kernel / 2, kernel / 2)
        .nOut(out)
        .activation(activation)
        .build();
  }

  private static Layer pool(SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type, new int[] {3, 3}, new int[] {2, 2}).build();
  }

  private static Layer relu() {
    return new ActivationLayer(Activation.RELU);
  }

  private static Layer average() {
    return new GlobalPoolingLayer(PoolingType.AVG);
  }

  private static Layer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(7)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static ElementWiseVertex add() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  private static GraphBuilder graph() {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .convolutionMode(ConvolutionMode.Truncate)
        .graphBuilder()
        .addInputs("in")
        .setInputTypes(InputType.convolutional(SHAPE.height(), SHAPE.width(), SHAPE.channels()));
  }

  private static ComputationGraph built(GraphBuilder builder) {
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    Random random = new Random(4);
    graph
        .paramTable()
        .forEach(
            (name, values) -> {
              double fanIn = values.length() / (double) Math.max(values.size(0), 1);
              double scale = name.endsWith("_b") ? 0.2 : Math.sqrt(2 / fanIn);
              for (long i = 0; i < values.length(); i++) {
                values.putScalar(i, random.nextGaussian() * scale);
              }
            });
    RandomStatistics.fill(graph, 5);
    return graph;
  }

  private static void check(Model network, int... sides) {
    try (ArrayNetwork fast = ArrayNetwork.of(network, SHAPE, FP32)) {
      for (int side : sides) {
        for (int batch : new int[] {1, 2, 5}) {
          INDArray images = FusedNetworks.images(batch, batch, 3, side, side);
          INDArray before = images.dup();
          Tolerance.FLOAT32.check(fast.logits(images), Logits.of(network, images.dup()));
          assertThat(images).isEqualTo(before);
        }
      }
      assertThat(fast.selfCheck().orElseThrow().passed()).isTrue();
    }
    try (ArrayNetwork half = ArrayNetwork.of(network, SHAPE, RuntimeOptions.of(Precision.BF16))) {
      assertThat(half.selfCheck().orElseThrow().passed()).isTrue();
    }
  }

  /** Residual blocks, with and without a projection; 8 and 24 channels are oneDNN's bad ones. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 16, 20, 24, 40, 64})
  void residualBlocks(int width) {
    check(
        built(
            graph()
                .addLayer("stem", conv(3, 2, width, Activation.RELU), "in")
                .addLayer("a1", conv(3, 1, width, Activation.RELU), "stem")
                .addLayer("a2", conv(3, 1, width, Activation.IDENTITY), "a1")
                .addVertex("a", add(), "a2", "stem")
                .addLayer("ar", relu(), "a")
                .addLayer("b1", conv(3, 2, 2 * width, Activation.RELU), "ar")
                .addLayer("b2", conv(3, 1, 2 * width, Activation.IDENTITY), "b1")
                .addLayer("b3", conv(1, 2, 2 * width, Activation.IDENTITY), "ar")
                .addVertex("b", add(), "b2", "b3")
                .addLayer("br", relu(), "b")
                .addLayer("pool", average(), "br")
                .addLayer("out", output(), "pool")
                .setOutputs("out")),
        24,
        37);
  }

  /** Fire modules: concatenation of what fills oneDNN's blocks, and of what does not. */
  @ParameterizedTest
  @CsvSource({"8, 16, 32", "5, 7, 9", "4, 8, 8", "16, 16, 24"})
  void concatenation(int squeezed, int left, int right) {
    check(
        built(
            graph()
                .addLayer("stem", conv(3, 2, 16, Activation.RELU), "in")
                .addLayer("max", pool(SubsamplingLayer.PoolingType.MAX), "stem")
                .addLayer("s", conv(1, 1, squeezed, Activation.RELU), "max")
                .addLayer("l", conv(1, 1, left, Activation.RELU), "s")
                .addLayer("r", conv(3, 1, right, Activation.IDENTITY), "s")
                .addLayer("rr", relu(), "r")
                .addVertex("both", new MergeVertex(), "l", "rr")
                .addLayer("drop", new DropoutLayer(0.5), "both")
                .addLayer("c", conv(1, 1, 7, Activation.RELU), "drop")
                .addLayer("avg", average(), "c")
                .addLayer(
                    "loss",
                    new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "avg")
                .setOutputs("loss")),
        24,
        41);
  }

  /** SqueezeNet of DL4J's zoo ends so. */
  @Test
  void softmaxBeforeALossLayer() {
    check(
        built(
            graph()
                .addLayer("stem", conv(3, 2, 16, Activation.RELU), "in")
                .addLayer("avg", average(), "stem")
                .addLayer("softmax", new ActivationLayer(Activation.SOFTMAX), "avg")
                .addLayer("loss", new LossLayer.Builder(LossFunction.MSE).build(), "softmax")
                .setOutputs("loss")),
        24);
  }

  /** ResNet50 of DL4J's zoo ends so. */
  @Test
  void denseLayerThatReadsPixelsAndOddPadding() {
    ComputationGraph network =
        built(
            graph()
                .addLayer(
                    "same",
                    new ConvolutionLayer.Builder(3, 3)
                        .stride(2, 2)
                        .nOut(8)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.RELU)
                        .build(),
                    "in")
                .addLayer(
                    "even",
                    new ConvolutionLayer.Builder(2, 2)
                        .nOut(12)
                        .convolutionMode(ConvolutionMode.Same)
                        .activation(Activation.RELU)
                        .build(),
                    "same")
                .addLayer("max", pool(SubsamplingLayer.PoolingType.AVG), "even")
                .addLayer("out", output(), "max")
                .setOutputs("out"));
    check(network, 24);
    try (ArrayNetwork fast = ArrayNetwork.of(network, SHAPE, FP32)) {
      INDArray larger = FusedNetworks.images(1, 1, 3, 32, 32);
      assertThatThrownBy(() -> fast.logits(larger))
          .isInstanceOf(UnsupportedLayerException.class)
          .hasMessageContaining("reads [12, 5, 5], and would get [12, 7, 7]");
    }
  }

  /** Sums of three, of a tensor with itself, read again further on; a ReLU by itself; copies. */
  @Test
  void tensorsThatManyRead() {
    check(
        built(
            graph()
                .addLayer("stem", conv(3, 1, 12, Activation.IDENTITY), "in")
                .addVertex("copy", new ScaleVertex(1), "stem")
                .addLayer("act", relu(), "copy")
                .addLayer("a", conv(3, 1, 12, Activation.IDENTITY), "act")
                .addLayer("b", conv(1, 1, 12, Activation.RELU), "stem")
                .addVertex("three", add(), "a", "b", "stem")
                .addVertex("twice", add(), "three", "three")
                .addVertex("join", new MergeVertex(), "twice", "act", "stem", "three")
                .addLayer("last", conv(3, 2, 9, Activation.RELU), "join")
                .addLayer("pool", average(), "last")
                .addLayer("out", output(), "pool")
                .setOutputs("out")),
        24,
        17);
  }

  @Test
  void whatTheFuserMakesOfAResidualNetwork() {
    ComputationGraph training =
        built(
            graph()
                .addLayer("stem", conv(3, 2, 16, Activation.IDENTITY), "in")
                .addLayer("n0", new BatchNormalization(), "stem")
                .addLayer("r0", relu(), "n0")
                .addLayer("a", conv(3, 1, 16, Activation.IDENTITY), "r0")
                .addLayer("n1", new BatchNormalization(), "a")
                .addLayer("b", conv(1, 1, 16, Activation.IDENTITY), "r0")
                .addLayer("n2", new BatchNormalization(), "b")
                .addLayer("act", relu(), "n2")
                .addVertex("sum", add(), "n1", "act")
                .addLayer("r1", relu(), "sum")
                .addLayer("pool", average(), "r1")
                .addLayer("out", output(), "pool")
                .setOutputs("out"));
    Model fused = GraphFuser.fuse(training).network();
    assertThat(fused).isInstanceOf(ComputationGraph.class);
    check(fused, 24, 30);
    assertThatThrownBy(() -> ArrayNetwork.of(training, SHAPE, FP32))
        .hasMessageContaining("'n0' (BatchNormalization)")
        .hasMessageContaining("convert the training form first");
  }

  /** Inside a convolution, behind it, and by themselves. */
  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU", "LEAKYRELU", "RELU6", "ELU", "SIGMOID", "TANH", "SWISH", "IDENTITY"})
  void activations(Activation activation) {
    check(
        built(
            graph()
                .addLayer("inside", conv(3, 1, 12, activation), "in")
                .addLayer("alone", new ActivationLayer(activation), "inside")
                .addLayer("plain", conv(3, 2, 12, Activation.IDENTITY), "alone")
                .addLayer("behind", new ActivationLayer(activation), "plain")
                .addVertex("sum", add(), "behind", "behind")
                .addLayer("summed", new ActivationLayer(activation), "sum")
                .addLayer("pool", average(), "summed")
                .addLayer("out", output(), "pool")
                .setOutputs("out")),
        24);
  }

  @Test
  void chainsWithPooling() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .convolutionMode(ConvolutionMode.Truncate)
                .list(
                    conv(3, 1, 10, Activation.RELU),
                    pool(SubsamplingLayer.PoolingType.MAX),
                    conv(3, 1, 20, Activation.RELU),
                    output())
                .setInputType(InputType.convolutional(24, 24, 3))
                .build());
    network.init();
    check(network, 24);
  }

  @Test
  void whatItDoesNotRunIsNamed() {
    List<GraphBuilder> networks =
        List.of(
            graph()
                .addLayer("c", conv(3, 1, 4, Activation.RELU), "in")
                .addVertex("max", new ElementWiseVertex(ElementWiseVertex.Op.Max), "c", "c")
                .addLayer("pool", average(), "max")
                .addLayer("out", output(), "pool")
                .setOutputs("out"),
            graph()
                .addLayer("c", conv(3, 1, 3, Activation.RELU), "in")
                .addVertex("sum", add(), "c", "in")
                .addLayer("pool", average(), "sum")
                .addLayer("out", output(), "pool")
                .setOutputs("out"),
            graph()
                .addLayer("c", conv(3, 1, 4, Activation.RELU), "in")
                .addLayer("pool", average(), "c")
                .addLayer("out", output(), "pool")
                .addLayer("more", output(), "pool")
                .setOutputs("out", "more"));
    List<String> reasons =
        List.of(
            "vertex 'max' (ElementWiseVertex): is not among its vertices",
            "vertex 'sum' (ElementWiseVertex): reads the network's input",
            "a network of 1 inputs and 2 outputs");
    for (int i = 0; i < networks.size(); i++) {
      ComputationGraph network = built(networks.get(i));
      assertThatThrownBy(() -> ArrayNetwork.of(network, SHAPE, FP32))
          .isInstanceOf(UnsupportedLayerException.class)
          .hasMessageStartingWith(reasons.get(i).startsWith("a network") ? "conf" : reasons.get(i))
          .hasMessageContaining(reasons.get(i))
          .hasMessageContaining("--engine dl4j");
    }
  }
}
