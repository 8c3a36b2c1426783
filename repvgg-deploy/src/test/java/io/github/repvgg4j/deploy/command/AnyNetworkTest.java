package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Zips that Deeplearning4j wrote, of networks that are no RepVGG. */
class AnyNetworkTest {

  private static final InputType INPUT = InputType.convolutional(12, 12, 3);

  @TempDir Path folder;

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(3)
        .padding(1, 1)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static OutputLayer head() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(4)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork chain(Layer... layers) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().seed(1).list(layers).setInputType(INPUT).build());
    network.init();
    return network;
  }

  private Path written(Model network) throws IOException {
    RandomStatistics.fill(network, 2);
    Path zip = folder.resolve("net.zip");
    ModelSerializer.writeModel(network, zip.toFile(), true);
    return zip;
  }

  private Cli converted(Path zip) {
    Cli run =
        Cli.run("convert", zip, "--input", "3,12,12", "--rounds", "0", "--keep-training-form");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Cli verified = Cli.run("verify", folder.resolve("net.fast.zip"));
    assertThat(verified.exitCode()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("equal to the training form");
    return run;
  }

  @Test
  void chainIsConvertedAndVerified() throws IOException {
    MultiLayerNetwork network =
        chain(
            conv(),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU),
            new GlobalPoolingLayer(PoolingType.AVG),
            head());
    assertThat(converted(written(network)).out()).contains("fused layer0, layer1, layer2");
  }

  @Test
  void dilatedChainIsConvertedAndVerified() throws IOException {
    ConvolutionLayer dilated =
        new ConvolutionLayer.Builder(3, 3)
            .nOut(5)
            .dilation(2, 3)
            .stride(2, 1)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build();
    MultiLayerNetwork network =
        chain(dilated, new BatchNormalization(), new GlobalPoolingLayer(PoolingType.AVG), head());
    assertThat(converted(written(network)).out()).contains("fused layer0, layer1");
  }

  /** DL4J's copy of a graph forgets along which axis it merges. */
  @Test
  void graphThatMergesChannelsLastIsConverted() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", channelsLast(4), "in")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("other", channelsLast(3), "in")
                .addVertex("both", new MergeVertex(), "norm", "other")
                .addLayer("out", head(), "both")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(12, 12, 3, CNN2DFormat.NHWC))
                .build());
    network.init();
    assertThat(converted(written(network)).out()).contains("fused conv, norm");
  }

  private static ConvolutionLayer channelsLast(int out) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(out)
        .dataFormat(CNN2DFormat.NHWC)
        .activation(Activation.IDENTITY)
        .build();
  }

  @Test
  void inputIsDerivedBehindFrozenLayersAndBeforeSeries() throws IOException {
    MultiLayerNetwork frozen =
        chain(
            new FrozenLayerWithBackprop(conv()),
            new BatchNormalization(),
            new GlobalPoolingLayer(PoolingType.AVG),
            head());
    assertThat(Cli.run("inspect", written(frozen)).out()).contains("unknown form");
    Cli convert = Cli.run("convert", written(frozen), "--rounds", 0);
    assertThat(convert.exitCode()).as(convert.err()).isZero();
    ComputationGraph series =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", conv(), "in")
                .addLayer(
                    "lstm",
                    new LSTM.Builder().nOut(4).build(),
                    new CnnToRnnPreProcessor(12, 12, 8),
                    "conv")
                .setOutputs("lstm")
                .setInputTypes(INPUT)
                .build());
    series.init();
    assertThat(Cli.run("inspect", written(series)).out()).containsPattern("input +\\[3, 12, 12]");
  }

  @Test
  void graphIsConvertedAndItsReportNamesWhatWasRefused() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", conv(), "in")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
                .addVertex("skip", new ElementWiseVertex(ElementWiseVertex.Op.Add), "relu", "in")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "skip")
                .addLayer("out", head(), "pool")
                .setOutputs("out")
                .setInputTypes(INPUT)
                .build());
    network.init();
    assertThat(converted(written(network)).out())
        .contains("fused conv, norm, relu")
        .contains("refused skip: its branches start at different tensors");
  }

  @Test
  void outputLayerOfAChainMayReadAFeatureMap() throws IOException {
    MultiLayerNetwork chain = chain(conv(), new BatchNormalization(), head());
    assertThat(converted(written(chain)).out()).contains("fused layer0, layer1");
  }

  @Test
  void outputLayerOfAGraphMayReadAFeatureMap() throws IOException {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", conv(), "in")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addVertex("skip", new ElementWiseVertex(ElementWiseVertex.Op.Max), "norm", "in")
                .addLayer("out", head(), "skip")
                .setOutputs("out")
                .setInputTypes(INPUT)
                .build());
    graph.init();
    assertThat(converted(written(graph)).out()).contains("fused conv, norm");
  }

  @Test
  void verifyMeasuresOnImagesOfAFolder() throws IOException {
    Path fast = Models.fastZip(folder);
    Path images = folder.resolve("images");
    for (int i = 0; i < 3; i++) {
      Models.image(images.resolve(Models.LABELS.get(i)).resolve("0.png"), 0xff0000 >> 8 * i, i);
    }
    Cli run = Cli.run("verify", fast, "--against", folder.resolve("model.zip"), "--data", images);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("equal to the training form");
    Cli none = Cli.run("verify", fast, "--against", folder.resolve("model.zip"), "--data", fast);
    assertThat(none.exitCode()).isEqualTo(1);
    Cli alone = Cli.run("verify", fast, "--data", images);
    assertThat(alone.exitCode()).isEqualTo(1);
    assertThat(alone.err()).contains(fast + ": --data measures against the training form");
  }

  @ParameterizedTest
  @ValueSource(strings = {"convert", "inspect"})
  void shapeThatTheFileContradictsIsRefused(String command) throws IOException {
    Path zip = Models.trainingZip(folder.resolve("model.zip"));
    assertThat(Cli.run(command, zip, "--input", "3,64,64"))
        .isEqualTo(
            new Cli(
                1,
                "",
                "error: "
                    + zip
                    + ": reads images of shape [3, 32, 32], as it says itself, and [3, 64, 64] is"
                    + " given; leave that away\n"));
    assertThat(Cli.run(command, zip, "--input", "3,32,32").exitCode()).isZero();
  }
}
