package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.deploy.npy.NpyWriter;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Arrays of every kind of network, as {@code infer} takes or refuses them. */
class InferredArraysTest {

  @TempDir Path folder;

  private MultiLayerNetwork written(InputType input, Layer... layers) throws IOException {
    var list = new NeuralNetConfiguration.Builder().seed(1).list(layers);
    MultiLayerNetwork network =
        new MultiLayerNetwork((input == null ? list : list.setInputType(input)).build());
    network.init();
    RandomStatistics.fill(network, 2);
    ModelSerializer.writeModel(network, folder.resolve("net.zip").toFile(), false);
    return network;
  }

  private static Layer softmax() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private Cli infer(INDArray values) throws IOException {
    Path x = folder.resolve("x.npy");
    List<Long> shape = Arrays.stream(values.shape()).boxed().toList();
    try (NpyWriter writer = NpyWriter.create(x, shape)) {
      writer.append(values);
    }
    return Cli.run(
        "infer",
        folder.resolve("net.zip"),
        "--input",
        x,
        "--output",
        folder.resolve("y.npy"),
        "--probabilities",
        "--batch",
        2,
        "--force");
  }

  private void answers(INDArray expected, INDArray values) throws IOException {
    Cli run = infer(values);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Tolerance.FLOAT32.check(Nd4j.createFromNpyFile(folder.resolve("y.npy").toFile()), expected);
  }

  private void refused(String words, INDArray values) throws IOException {
    Cli run = infer(values);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().endsWith("; net.zip " + words);
  }

  private static INDArray random(long... shape) {
    Nd4j.getRandom().setSeed(3);
    return Nd4j.randn(DataType.FLOAT, shape);
  }

  @Test
  void rowsOfPixelsAreTakenAsImages() throws IOException {
    MultiLayerNetwork network =
        written(
            InputType.convolutionalFlat(6, 5, 2),
            new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.IDENTITY).build(),
            new BatchNormalization(),
            softmax());
    INDArray rows = random(3, 60);
    answers(network.output(rows.dup()), rows);
    answers(network.output(rows.dup()), rows.reshape(3, 2, 6, 5));
    refused("needs [N, 2, H, W] or [N, 60]", random(3, 61));
    refused("needs [N, 2, H, W] or [N, 60]", random(3, 1, 6, 10));
  }

  /** A sigmoid, DL4J's default, that the last layer has and does not apply, or applies inside. */
  @Test
  void activationsThatDoNotEndALayerAreNoHeads() throws IOException {
    InputType image = InputType.convolutional(6, 5, 2);
    Layer conv = new ConvolutionLayer.Builder(3, 3).nOut(4).build();
    MultiLayerNetwork norm = written(image, conv, new BatchNormalization());
    answers(norm.output(random(3, 2, 6, 5)), random(3, 2, 6, 5));
    MultiLayerNetwork dropout =
        written(image, new DenseLayer.Builder().nOut(4).build(), new DropoutLayer(0.5));
    answers(dropout.output(random(3, 2, 6, 5)), random(3, 2, 6, 5));
    MultiLayerNetwork series =
        written(
            InputType.recurrent(5, 7),
            new LSTM.Builder().nOut(4).activation(Activation.SIGMOID).build());
    answers(series.output(random(3, 5, 7)), random(3, 5, 7));
  }

  @Test
  void otherArraysAreHeldAgainstTheFirstLayer() throws IOException {
    MultiLayerNetwork series =
        written(
            InputType.recurrent(5, 7),
            new LSTM.Builder().nOut(4).build(),
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build());
    answers(series.output(random(3, 5, 7)), random(3, 5, 7));
    refused("needs an array of 3 axes", random(3, 5, 7, 1));
    MultiLayerNetwork rows =
        written(InputType.feedForward(6), new DenseLayer.Builder().nOut(4).build(), softmax());
    answers(rows.output(random(3, 6)), random(3, 6));
    refused("needs an array of 2 axes", random(3, 6, 1, 1));
    MultiLayerNetwork indices =
        written(
            null,
            new EmbeddingLayer.Builder().nIn(9).nOut(4).build(),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(4)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build());
    INDArray some = Nd4j.createFromArray(new float[][] {{1}, {8}, {0}});
    answers(indices.output(some.dup()), some);
  }
}
