package io.github.repvgg4j.model.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.answer.Meaning;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's own {@code output} is what the answers are held against. */
class HeadTest {

  private static final InputType IMAGE = InputType.convolutional(6, 6, 2);
  private static final INDArray IMAGES = Nd4j.rand(DataType.FLOAT, 3, 2, 6, 6).muli(4);
  private static final INDArray SERIES = Nd4j.rand(DataType.FLOAT, 3, 2, 6).muli(4);

  private static ConvolutionLayer conv(int out) {
    return new ConvolutionLayer.Builder(3, 3).nOut(out).activation(Activation.IDENTITY).build();
  }

  private static OutputLayer output(Activation activation) {
    return new OutputLayer.Builder(LossFunction.MSE).nOut(4).activation(activation).build();
  }

  private static GlobalPoolingLayer pool() {
    return new GlobalPoolingLayer(PoolingType.AVG);
  }

  private static Yolo2OutputLayer yolo() {
    return new Yolo2OutputLayer.Builder()
        .boundingBoxPriors(Nd4j.create(new double[][] {{1, 2}, {2.5, 1.5}}))
        .build();
  }

  private static MultiLayerNetwork chain(InputType input, Layer... layers) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().seed(1).list(layers).setInputType(input).build());
    network.init();
    return network;
  }

  private static GraphBuilder graph() {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .graphBuilder()
        .addInputs("in")
        .setInputTypes(IMAGE);
  }

  private static ComputationGraph built(GraphBuilder builder) {
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    return graph;
  }

  private static List<INDArray> outputs(Model network, INDArray input) {
    return network instanceof ComputationGraph graph
        ? Arrays.asList(graph.output(input))
        : List.of(((MultiLayerNetwork) network).output(input));
  }

  /** Answers are DL4J's, and asking for logits leaves the network as it was. */
  private static void check(Model network, INDArray input, String... functions) {
    List<INDArray> expected = outputs(network, input.dup());
    List<INDArray> logits = Logits.all(network, input.dup());
    List<Head> heads = Head.of(network);
    assertThat(heads).extracting(head -> head.function().text()).containsExactly(functions);
    for (int i = 0; i < functions.length; i++) {
      INDArray before = logits.get(i).dup();
      Tolerance.FLOAT32.check(
          heads.get(i).answers(logits.get(i)).castTo(DataType.FLOAT), expected.get(i));
      assertThat(logits.get(i)).isEqualTo(before);
      boolean identity = functions[i].equals("identity");
      assertThat(logits.get(i).equalsWithEps(expected.get(i), 1e-4)).isEqualTo(identity);
    }
    assertThat(outputs(network, input.dup())).isEqualTo(expected);
  }

  @Test
  void denseHeads() {
    Map<Activation, Meaning> heads =
        new TreeMap<>(
            Map.of(
                Activation.SOFTMAX, Meaning.PROBABILITIES,
                Activation.SIGMOID, Meaning.INDEPENDENT_PROBABILITIES,
                Activation.HARDSIGMOID, Meaning.INDEPENDENT_PROBABILITIES,
                Activation.IDENTITY, Meaning.NUMBERS,
                Activation.TANH, Meaning.NUMBERS,
                Activation.SOFTPLUS, Meaning.NUMBERS));
    heads.forEach(
        (activation, meaning) -> {
          MultiLayerNetwork network = chain(IMAGE, conv(3), pool(), output(activation));
          check(network, IMAGES, activation.name().toLowerCase(java.util.Locale.ROOT));
          assertThat(Head.of(network).get(0).function().meaning()).isEqualTo(meaning);
        });
  }

  @Test
  void lossLayersWithoutParameters() {
    LossLayer loss =
        new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
    check(chain(IMAGE, conv(4), pool(), loss), IMAGES, "softmax");
    LossLayer labels =
        new LossLayer.Builder(LossFunction.XENT).activation(Activation.SIGMOID).build();
    check(
        built(
            graph()
                .addLayer("conv", conv(4), "in")
                .addLayer("pool", pool(), "conv")
                .addLayer("out", labels, "pool")
                .setOutputs("out")),
        IMAGES,
        "sigmoid");
  }

  @Test
  void headsOfFeatureMaps() {
    for (Activation activation : List.of(Activation.SOFTMAX, Activation.SIGMOID)) {
      CnnLossLayer loss = new CnnLossLayer.Builder(LossFunction.MSE).activation(activation).build();
      String name = activation.name().toLowerCase(java.util.Locale.ROOT);
      check(chain(IMAGE, conv(4), loss), IMAGES, name);
      CnnLossLayer last =
          new CnnLossLayer.Builder(LossFunction.MSE)
              .activation(activation)
              .format(CNN2DFormat.NHWC)
              .build();
      ConvolutionLayer conv =
          new ConvolutionLayer.Builder(3, 3)
              .nOut(4)
              .activation(Activation.IDENTITY)
              .dataFormat(CNN2DFormat.NHWC)
              .build();
      check(
          chain(InputType.convolutional(6, 6, 2, CNN2DFormat.NHWC), conv, last),
          IMAGES.permute(0, 2, 3, 1).dup('c'),
          name);
    }
  }

  @Test
  void headsOfSeries() {
    RnnOutputLayer output =
        new RnnOutputLayer.Builder(LossFunction.MCXENT)
            .nOut(4)
            .activation(Activation.SOFTMAX)
            .build();
    Convolution1DLayer conv =
        new Convolution1DLayer.Builder(3).nOut(4).activation(Activation.IDENTITY).build();
    check(chain(InputType.recurrent(2, 6), conv, output), SERIES, "softmax");
    RnnLossLayer loss =
        new RnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
    check(chain(InputType.recurrent(2, 6), conv, loss), SERIES, "softmax");
    RnnOutputLayer last =
        new RnnOutputLayer.Builder(LossFunction.MCXENT)
            .nOut(4)
            .activation(Activation.SOFTMAX)
            .dataFormat(RNNFormat.NWC)
            .build();
    check(
        chain(InputType.recurrent(2, 6, RNNFormat.NWC), last),
        SERIES.permute(0, 2, 1).dup('c'),
        "softmax");
  }

  @Test
  void boxes() {
    check(chain(IMAGE, conv(14), yolo()), IMAGES, "yolo boxes");
    check(
        built(
            graph()
                .addLayer("conv", conv(14), "in")
                .addLayer("boxes", yolo(), "conv")
                .setOutputs("boxes")),
        IMAGES,
        "yolo boxes");
  }

  @Test
  void lastLayersWithoutALoss() {
    check(chain(IMAGE, conv(3), pool()), IMAGES, "identity");
    check(
        chain(
            IMAGE,
            conv(3),
            pool(),
            new DenseLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build()),
        IMAGES,
        "softmax");
    check(
        chain(IMAGE, conv(3), pool(), new ActivationLayer(Activation.SOFTMAX)), IMAGES, "softmax");
    check(
        chain(
            IMAGE, new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU).build()),
        IMAGES,
        "identity");
    check(
        chain(
            IMAGE,
            conv(3),
            pool(),
            new FrozenLayer(
                new DenseLayer.Builder().nOut(4).activation(Activation.SIGMOID).build())),
        IMAGES,
        "sigmoid");
  }

  @Test
  void severalOutputsAndOnesThatTheNetworkGoesOnWith() {
    ComputationGraph graph =
        built(
            graph()
                .addLayer("conv", conv(3), "in")
                .addLayer(
                    "gate",
                    new ConvolutionLayer.Builder(1, 1)
                        .nOut(3)
                        .activation(Activation.SIGMOID)
                        .build(),
                    "conv")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "gate", "conv")
                .addLayer("pool", pool(), "sum")
                .addLayer("classes", output(Activation.SOFTMAX), "pool")
                .addLayer("labels", output(Activation.SIGMOID), "pool")
                .setOutputs("labels", "sum", "gate", "classes"));
    assertThat(Head.of(graph))
        .extracting(Head::name)
        .containsExactly("labels", "sum", "gate", "classes");
    List<INDArray> logits = Logits.all(graph, IMAGES);
    assertThat(logits).hasSize(4);
    assertThat(Head.of(graph))
        .extracting(head -> head.function().text())
        .containsExactly("sigmoid", "identity", "identity", "softmax");
    List<INDArray> expected = Activations.outputs(graph, IMAGES);
    for (int i = 0; i < 4; i++) {
      Tolerance.FLOAT32.check(
          Head.of(graph).get(i).answers(logits.get(i)).castTo(DataType.FLOAT), expected.get(i));
    }
  }

  /** {@code output} of DL4J 1.0.0-M2.1 ends in a NullPointerException here. */
  @Test
  void firstOutputIsReadByTheWayToTheSecond() {
    ComputationGraph graph =
        built(
            graph()
                .addLayer("conv", conv(3), "in")
                .addLayer("again", conv(3), "conv")
                .addLayer("pool", pool(), "again")
                .addLayer("classes", output(Activation.SOFTMAX), "pool")
                .setOutputs("conv", "classes"));
    List<INDArray> expected = Activations.outputs(graph, IMAGES);
    List<INDArray> logits = Logits.all(graph, IMAGES);
    for (int i = 0; i < 2; i++) {
      Tolerance.FLOAT32.check(
          Head.of(graph).get(i).answers(logits.get(i)).castTo(DataType.FLOAT), expected.get(i));
    }
  }
}
