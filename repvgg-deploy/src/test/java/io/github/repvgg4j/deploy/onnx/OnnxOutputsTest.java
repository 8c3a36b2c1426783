package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.spec.InputShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The outputs of the file are the network's, whatever was built last, all of them. */
class OnnxOutputsTest {

  private static final OnnxOptions PLAIN = OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC);

  @TempDir Path folder;

  private static GraphBuilder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(9)
        .activation(Activation.TANH)
        .graphBuilder()
        .addInputs("in")
        .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nIn(3).nOut(4).build(), "in");
  }

  private static ComputationGraph built(GraphBuilder builder, String... outputs) {
    ComputationGraph graph =
        new ComputationGraph(builder.setOutputs(outputs).validateOutputLayerConfig(false).build());
    graph.init();
    return graph;
  }

  private static OutputLayer head(int in, Activation activation) {
    return new OutputLayer.Builder(LossFunction.MSE).nIn(in).nOut(3).activation(activation).build();
  }

  private static INDArray images() {
    Nd4j.getRandom().setSeed(10);
    return Nd4j.randn(DataType.FLOAT, 2, 3, 8, 7);
  }

  private Map<String, long[]> check(ComputationGraph graph, OnnxOptions options) throws Exception {
    return Compared.check(folder, graph, options, graph.summary(), images());
  }

  @Test
  void outputIsNotTheVertexThatWasBuiltLast() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("out", head(4, Activation.SOFTMAX), "pool")
                .addLayer(
                    "unused", new ConvolutionLayer.Builder(1, 1).nIn(4).nOut(9).build(), "conv")
                .addLayer("logits", new GlobalPoolingLayer(PoolingType.MAX), "unused")
                .allowDisconnected(true),
            "out");
    assertThat(check(graph, Compared.ACTIVATED)).containsOnlyKeys("probabilities");
    assertThat(
            Compared.check(
                folder, graph, PLAIN, "logits", List.of(Logits.of(graph, images())), images()))
        .containsOnlyKeys("logits");
  }

  @Test
  void headsOfSeveralSidesComeInTheNetworksOrder() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("a", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("b", head(4, Activation.SOFTMAX), "a")
                .addLayer("c", head(4, Activation.SIGMOID), "a")
                .addLayer("d", new DenseLayer.Builder().nIn(4).nOut(7).build(), "a"),
            "d",
            "c",
            "b");
    assertThat(check(graph, Compared.ACTIVATED).keySet()).containsExactly("d", "c", "b");
  }

  @Test
  void featureMapHasItsOwnShape() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("map", new ConvolutionLayer.Builder(3, 3).nIn(4).nOut(5).build(), "conv"),
            "map");
    assertThat(check(graph, PLAIN).get("output")).containsExactly(-1, 5, -1, -1);
    assertThat(check(graph, PLAIN.withShape(new InputShape(3, 8, 7))).get("output"))
        .containsExactly(-1, 5, 4, 3);
    INDArray one = images().slice(0).reshape(1, 3, 8, 7);
    OnnxOptions fixed = OnnxOptions.DEFAULT.withShape(new InputShape(3, 8, 7));
    assertThat(Compared.check(folder, graph, fixed, "one image", one).get("output"))
        .containsExactly(1, 5, 4, 3);
  }

  @Test
  void outputMayBeReadInsideToo() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("next", new ConvolutionLayer.Builder(3, 3).nIn(4).nOut(4).build(), "conv")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "next")
                .addLayer("first", head(4, Activation.SOFTMAX), "pool")
                .addVertex("both", new MergeVertex(), "first", "pool")
                .addLayer("second", head(7, Activation.IDENTITY), "both"),
            "second",
            "first",
            "conv",
            "next");
    assertThat(check(graph, Compared.ACTIVATED).keySet())
        .containsExactly("second", "first", "conv", "next");
  }

  @Test
  void headThatIsReadInsideIsReadActivatedAndWrittenAsLogits() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("first", head(4, Activation.SOFTMAX), "pool")
                .addVertex("twice", new ScaleVertex(2), "first"),
            "twice");
    check(graph, PLAIN); // no activation is lost on the way
  }

  @Test
  void outputMayBeTheInputItself() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("same", new ActivationLayer(Activation.IDENTITY), "in")
                .addLayer("again", new ActivationLayer(Activation.IDENTITY), "same"),
            "same",
            "conv",
            "again");
    assertThat(check(graph, PLAIN)).hasSize(3);
  }

  @Test
  void twoOutputsMayBeOneTensor() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addLayer("same", new ActivationLayer(Activation.IDENTITY), "conv")
                .addVertex("one", new ElementWiseVertex(ElementWiseVertex.Op.Add), "conv"),
            "same",
            "one",
            "conv");
    assertThat(check(graph, PLAIN)).hasSize(3);
    ComputationGraph twice = built(builder(), "conv", "conv");
    assertThat(check(twice, PLAIN)).hasSize(2);
  }

  @Test
  void headGivesItsOwnActivation() throws Exception {
    for (Activation activation :
        List.of(Activation.SOFTMAX, Activation.SIGMOID, Activation.IDENTITY, Activation.TANH)) {
      ComputationGraph graph =
          built(
              builder()
                  .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                  .addLayer("out", head(4, activation), "pool"),
              "out");
      boolean chances = activation == Activation.SOFTMAX || activation == Activation.SIGMOID;
      assertThat(check(graph, Compared.ACTIVATED))
          .containsOnlyKeys(chances ? "probabilities" : "output");
      List<INDArray> logits = List.of(Logits.of(graph, images()));
      assertThat(Compared.check(folder, graph, PLAIN, "logits", logits, images()))
          .containsOnlyKeys("logits");
    }
  }

  @Test
  void headsWithoutWeightsAreHeads() throws Exception {
    ComputationGraph rows =
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("loss", loss(Activation.SOFTMAX), "pool"),
            "loss");
    assertThat(check(rows, Compared.ACTIVATED)).containsOnlyKeys("probabilities");
    ComputationGraph pixels =
        built(
            builder()
                .addLayer(
                    "loss",
                    new CnnLossLayer.Builder(LossFunction.XENT)
                        .activation(Activation.SIGMOID)
                        .build(),
                    "conv"),
            "loss");
    assertThat(check(pixels, Compared.ACTIVATED).get("probabilities"))
        .containsExactly(-1, 4, -1, -1);
    INDArray raw = pixels.feedForward(images(), false).get("conv");
    assertThat(Compared.check(folder, pixels, PLAIN, "raw", List.of(raw), images()))
        .containsOnlyKeys("logits");
  }

  @Test
  void severalInputsHaveTheirOwnNames() throws Exception {
    ComputationGraph graph =
        built(
            builder()
                .addInputs("other")
                .addLayer(
                    "right", new ConvolutionLayer.Builder(3, 3).nIn(2).nOut(4).build(), "other")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "conv", "right"),
            "sum");
    INDArray other = Nd4j.randn(DataType.FLOAT, 2, 2, 8, 7);
    Compared.check(folder, graph, PLAIN, "two inputs", images(), other);
  }

  @Test
  void chainMayEndInAFeatureMapOrALoss() throws Exception {
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 3).nIn(3).nOut(4).activation(Activation.TANH).build();
    MultiLayerNetwork map =
        new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1).list(conv).build());
    map.init();
    assertThat(Compared.check(folder, map, PLAIN, "map", images()).get("output"))
        .containsExactly(-1, 4, -1, -1);
    MultiLayerNetwork loss =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list(conv, new GlobalPoolingLayer(PoolingType.AVG), loss(Activation.SIGMOID))
                .build());
    loss.init();
    assertThat(Compared.check(folder, loss, Compared.ACTIVATED, "loss", images()))
        .containsOnlyKeys("probabilities");
  }

  /** What {@code infer} writes: a head's, a last activation's, but not of what is read inside. */
  @Test
  void withoutActivationTheOutputsAreTheLogits() throws Exception {
    logits(
        "logits",
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("dense", dense(Activation.SIGMOID), "pool"),
            "dense"));
    logits("logits", built(builder().addLayer("mask", pixels(Activation.SIGMOID), "conv"), "mask"));
    logits(
        "logits",
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("last", new ActivationLayer(Activation.SOFTMAX), "pool"),
            "last"));
    logits(
        "output",
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("dense", dense(Activation.TANH), "pool"),
            "dense"));
    logits("output", built(builder().addLayer("map", pixels(Activation.ELU), "conv"), "map"));
    ComputationGraph inside =
        built(
            builder()
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "conv")
                .addLayer("first", head(4, Activation.SOFTMAX), "pool")
                .addVertex("both", new MergeVertex(), "first", "pool")
                .addLayer("second", head(7, Activation.SIGMOID), "both"),
            "first",
            "second");
    Compared.check(folder, inside, PLAIN, "inside", Logits.all(inside, images()), images());
  }

  private void logits(String output, ComputationGraph graph) throws Exception {
    List<INDArray> logits = List.of(Logits.of(graph, images()));
    assertThat(Compared.check(folder, graph, PLAIN, output, logits, images()))
        .containsOnlyKeys(output);
  }

  private static DenseLayer dense(Activation activation) {
    return new DenseLayer.Builder().nIn(4).nOut(3).activation(activation).build();
  }

  private static ConvolutionLayer pixels(Activation activation) {
    return new ConvolutionLayer.Builder(1, 1).nIn(4).nOut(2).activation(activation).build();
  }

  private static LossLayer loss(Activation activation) {
    return new LossLayer.Builder(LossFunction.MSE).activation(activation).build();
  }
}
