package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.onnx.OnnxRuntime;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A stranger's zip whose layers have awkward names, through every command that reads it. */
class HostileNamesTest {

  @TempDir Path folder;

  static Stream<List<String>> names() {
    return Stream.of(
        Arrays.asList("layer1", null, null, null, null),
        Arrays.asList("conv", "conv", "conv", "conv", "conv"),
        Arrays.asList("input", "logits", "output", "layer3", "layer0"),
        Arrays.asList("", "", " ", "a/b", "a:0"),
        Arrays.asList("x", "x.weight", "x#2", "x_W", "层"));
  }

  static Stream<List<String>> uniqueNames() {
    return Stream.of(
        List.of("layer1", "logits", "input", "output", "probabilities", "in"),
        List.of("a.b", "a.c", "a", "a.b.copy", "a.b.weight", "x"),
        List.of("", " ", "a/b", "a:0", "层", "a b"));
  }

  private static Layer[] layers() {
    return new Layer[] {
      new ConvolutionLayer.Builder(3, 3)
          .nIn(3)
          .nOut(4)
          .padding(1, 1)
          .activation(Activation.IDENTITY)
          .build(),
      new BatchNormalization.Builder().nIn(4).nOut(4).build(),
      new ActivationLayer(Activation.RELU),
      new GlobalPoolingLayer(PoolingType.AVG),
      new OutputLayer.Builder(LossFunction.MCXENT)
          .nIn(4)
          .nOut(5)
          .activation(Activation.SOFTMAX)
          .build()
    };
  }

  @ParameterizedTest
  @MethodSource("names")
  void chain(List<String> names) throws Exception {
    Layer[] layers = layers();
    for (int i = 0; i < layers.length; i++) {
      layers[i].setLayerName(names.get(i));
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1).list(layers).build());
    network.init();
    RandomStatistics.fill(network, 2);
    INDArray x = images();
    throughEveryCommand(network, x, network.output(x));
  }

  @ParameterizedTest
  @MethodSource("uniqueNames")
  void graph(List<String> n) throws Exception {
    Layer[] layers = layers();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .graphBuilder()
            .addInputs(n.get(5))
            .addLayer(n.get(0), layers[0], n.get(5))
            .addLayer(n.get(1), layers[1], n.get(0))
            .addVertex(
                n.get(2), new ElementWiseVertex(ElementWiseVertex.Op.Add), n.get(0), n.get(1))
            .addLayer(n.get(3), layers[3], n.get(2))
            .addLayer(n.get(4), layers[4], n.get(3))
            .setOutputs(n.get(4));
    ComputationGraph network = new ComputationGraph(builder.build());
    network.init();
    RandomStatistics.fill(network, 2);
    INDArray x = images();
    throughEveryCommand(network, x, network.outputSingle(x));
  }

  private static INDArray images() {
    Nd4j.getRandom().setSeed(3);
    return Nd4j.randn(DataType.FLOAT, 1, 3, 12, 12);
  }

  private void throughEveryCommand(Model network, INDArray x, INDArray expected) throws Exception {
    Path zip = folder.resolve("net.zip");
    ModelSerializer.writeModel(network, zip.toFile(), true);
    done("convert", zip, "--input", "3,12,12", "--rounds", "0", "--keep-training-form");
    Path fast = folder.resolve("net.fast.zip");
    done("verify", fast);
    for (Path model : List.of(zip, fast)) {
      done("inspect", model);
      Path file = folder.resolve("net.onnx");
      done("export-onnx", model, "-o", file, "--with-activation", "--force");
      INDArray actual = OnnxRuntime.runAll(file, x).get(0);
      assertThat(Tolerance.maxAbsDifference(actual, expected)).isLessThan(1e-5);
    }
  }

  private static void done(Object... arguments) throws IOException {
    Cli run = Cli.run(arguments);
    assertThat(run.exitCode()).as("%s: %s", Arrays.toString(arguments), run.err()).isZero();
    assertThat(run.err()).isEmpty();
  }
}
