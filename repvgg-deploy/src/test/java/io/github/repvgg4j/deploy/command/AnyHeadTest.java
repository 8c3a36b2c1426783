package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.npy.NpyWriter;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Networks with heads of all kinds: converted without a word about their input, then asked with
 * {@code infer}. What DL4J's layers of the training form give is what answers are held against.
 */
class AnyHeadTest {

  private static final InputType IMAGE = InputType.convolutional(12, 12, 3);

  @TempDir Path folder;

  private static Layer conv(int out) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(out)
        .padding(1, 1)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static Layer pool() {
    return new GlobalPoolingLayer(PoolingType.AVG);
  }

  private static Layer output(Activation activation) {
    return new OutputLayer.Builder(LossFunction.MSE).nOut(4).activation(activation).build();
  }

  private static MultiLayerNetwork chain(InputType input, Layer... layers) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().seed(1).list(layers).setInputType(input).build());
    network.init();
    RandomStatistics.fill(network, 2);
    return network;
  }

  private static GraphBuilder graph(InputType... inputs) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .graphBuilder()
        .addInputs(inputs.length == 1 ? List.of("in") : List.of("left", "right"))
        .setInputTypes(inputs);
  }

  private static ComputationGraph built(GraphBuilder builder) {
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    RandomStatistics.fill(graph, 2);
    return graph;
  }

  private Path npy(INDArray values) throws IOException {
    Path file = folder.resolve("x.npy");
    List<Long> shape = Arrays.stream(values.shape()).boxed().toList();
    try (NpyWriter writer = NpyWriter.create(file, shape)) {
      writer.append(values);
    }
    return file;
  }

  private Path written(Model network) throws IOException {
    Path zip = folder.resolve("net.zip");
    ModelSerializer.writeModel(network, zip.toFile(), true);
    return zip;
  }

  private static INDArray read(Path file) {
    return Nd4j.createFromNpyFile(file.toFile());
  }

  /** Layer by layer: DL4J's own {@code output} fails where an output is read further on. */
  private static List<INDArray> outputs(Model network, INDArray images) {
    return Activations.outputs(network, images);
  }

  private JsonNode converted(Path zip) throws IOException {
    Cli convert = Cli.run("convert", zip, "--force", "--rounds", 0, "--images", 4);
    assertThat(convert.exitCode()).as(convert.err()).isZero();
    return new ObjectMapper().readTree(folder.resolve("net.fast.report.json").toFile());
  }

  /** Converts, and infers with the fast form. */
  private JsonNode check(Model network, INDArray images) throws IOException {
    List<INDArray> answers = outputs(network, images.dup());
    INDArray logits = Logits.all(network, images.dup()).get(0);
    JsonNode report = converted(written(network));
    assertThat(report.get("outputs")).hasSize(answers.size());
    assertThat(report.get("maxRelDifference").asDouble()).isLessThan(1e-5);
    Path fast = folder.resolve("net.fast.zip");
    Path x = npy(images);
    Path y = folder.resolve("y.npy");
    Cli infer = Cli.run("infer", fast, "--input", x, "--output", y, "--batch", 2, "--force");
    assertThat(infer.exitCode()).as(infer.err()).isZero();
    if (answers.size() == 1) {
      Tolerance.FLOAT32.check(read(y), logits);
      Cli.run("infer", fast, "--input", x, "--output", y, "--probabilities", "--force");
      Tolerance.FLOAT32.check(read(y), answers.get(0));
    }
    Cli verified = Cli.run("verify", fast, "--against", folder.resolve("net.zip"));
    assertThat(verified.exitCode()).as(verified.err()).isZero();
    return report;
  }

  private static INDArray images(long... shape) {
    return Nd4j.rand(DataType.FLOAT, shape).subi(0.5).muli(3);
  }

  @Test
  void denseHeadsKeepTheirOwnActivation() throws IOException {
    for (Activation activation :
        List.of(Activation.SOFTMAX, Activation.SIGMOID, Activation.IDENTITY, Activation.TANH)) {
      JsonNode report =
          check(
              chain(IMAGE, conv(5), new BatchNormalization(), pool(), output(activation)),
              images(3, 3, 12, 12));
      assertThat(report.get("outputs").get(0).get("function").asText())
          .isEqualToIgnoringCase(activation.name());
    }
  }

  @Test
  void lossLayersAndFeatures() throws IOException {
    Layer loss = new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
    check(chain(IMAGE, conv(4), new BatchNormalization(), pool(), loss), images(3, 3, 12, 12));
    check(chain(IMAGE, conv(4), new BatchNormalization(), pool()), images(3, 3, 12, 12));
    check(
        chain(IMAGE, conv(4), new BatchNormalization(), new ActivationLayer(Activation.RELU)),
        images(3, 3, 12, 12));
  }

  @Test
  void segmentation() throws IOException {
    for (Activation activation : List.of(Activation.SOFTMAX, Activation.SIGMOID)) {
      Layer loss = new CnnLossLayer.Builder(LossFunction.MSE).activation(activation).build();
      JsonNode report =
          check(chain(IMAGE, conv(4), new BatchNormalization(), loss), images(3, 3, 12, 12));
      assertThat(report.get("top1Agreement").asDouble()).isGreaterThan(0.999);
      assertThat(report.get("outputs").get(0).get("shape")).hasSize(3);
    }
  }

  @Test
  void boxes() throws IOException {
    Layer boxes =
        new Yolo2OutputLayer.Builder()
            .boundingBoxPriors(Nd4j.create(new double[][] {{1, 2}, {2.5, 1.5}}))
            .build();
    ComputationGraph network =
        built(
            graph(IMAGE)
                .addLayer("conv", conv(14), "in")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("boxes", boxes, "norm")
                .setOutputs("boxes"));
    JsonNode report = check(network, images(3, 3, 12, 12));
    assertThat(report.has("top1Agreement")).isFalse();
  }

  @Test
  void seriesAreInferredButHaveNothingToFuse() throws IOException {
    Layer conv = new Convolution1DLayer.Builder(3).nOut(5).activation(Activation.IDENTITY).build();
    Layer rows =
        new RnnOutputLayer.Builder(LossFunction.MCXENT)
            .nOut(4)
            .activation(Activation.SOFTMAX)
            .build();
    MultiLayerNetwork network = chain(InputType.recurrent(3, 12), conv, rows);
    INDArray series = images(3, 3, 12);
    Path zip = written(network);
    Path y = folder.resolve("y.npy");
    Path x = npy(series);
    Cli run = Cli.run("infer", zip, "--input", x, "--output", y, "--probabilities", "--batch", 2);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Tolerance.FLOAT32.check(read(y), network.output(series));
    assertThat(Cli.run("convert", zip).err())
        .isEqualTo("error: " + zip + ": has nothing to fuse; use it as it is\n");
    written(chain(InputType.recurrent(3, 12), conv, new BatchNormalization(), rows));
    Cli convert = Cli.run("convert", zip);
    assertThat(convert.exitCode()).isEqualTo(1);
    assertThat(convert.err().lines())
        .singleElement()
        .asString()
        .contains("has nothing to fuse; use it as it is (1 linear parts cannot be fused, such as")
        .contains("which is a Convolution1DLayer; only plain");
  }

  @Test
  void channelsLast() throws IOException {
    Layer conv =
        new ConvolutionLayer.Builder(3, 3)
            .nOut(5)
            .dataFormat(CNN2DFormat.NHWC)
            .activation(Activation.IDENTITY)
            .build();
    InputType last = InputType.convolutional(12, 10, 3, CNN2DFormat.NHWC);
    MultiLayerNetwork network =
        chain(last, conv, new BatchNormalization(), output(Activation.SOFTMAX));
    check(network, images(3, 12, 10, 3));
    Path zip = folder.resolve("net.zip");
    for (List<String> stated : List.of(List.of("--input", "3,12,10"), List.<String>of())) {
      Cli inspect =
          stated.isEmpty()
              ? Cli.run("inspect", zip)
              : Cli.run("inspect", zip, "--input", "3,12,10");
      assertThat(inspect.out()).contains("[3, 12, 10] as [N, H, W, C]");
      assertThat(inspect.out()).containsPattern("conv 3x3 .* 140 +10,800");
    }
    Cli wrong = Cli.run("convert", zip, "--force", "--input", "3,10,12");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err()).contains("reads 10x8 pixels, and would get 8x10");
    npy(images(3, 3, 12, 10));
    Cli infer =
        Cli.run("infer", zip, "--input", folder.resolve("x.npy"), "--output", folder.resolve("y"));
    assertThat(infer.err()).contains("has shape [3, 3, 12, 10]; net.zip needs [N, H, W, 3]");
  }

  @Test
  void severalOutputsAreAFileEach() throws IOException {
    ComputationGraph network =
        built(
            graph(IMAGE)
                .addLayer("conv", conv(4), "in")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("pool", pool(), "norm")
                .addLayer("../what is it?", output(Activation.SOFTMAX), "pool")
                .addLayer("labels", output(Activation.SIGMOID), "pool")
                .setOutputs("labels", "../what is it?", "norm"));
    INDArray images = images(3, 3, 12, 12);
    List<INDArray> expected = outputs(network, images);
    JsonNode report = check(network, images);
    assertThat(report.get("outputs")).hasSize(3);
    Path x = npy(images);
    Path y = folder.resolve("answers/y.npy");
    Path zip = folder.resolve("net.zip");
    Cli run = Cli.run("infer", zip, "--input", x, "--output", y, "--probabilities", "--batch", 2);
    assertThat(run.exitCode()).as(run.err()).isZero();
    try (var files = Files.list(y.getParent())) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .containsExactlyInAnyOrder("y.labels.npy", "y..._what_is_it_.npy", "y.norm.npy");
    }
    Tolerance.FLOAT32.check(read(y.resolveSibling("y.labels.npy")), expected.get(0));
    Tolerance.FLOAT32.check(read(y.resolveSibling("y..._what_is_it_.npy")), expected.get(1));
    Tolerance.FLOAT32.check(read(y.resolveSibling("y.norm.npy")), expected.get(2));
    Cli one = Cli.run("infer", zip, "--input", x, "--output", y, "--output-name", "labels");
    assertThat(one.out()).isEqualTo(y + ": [3, 4] float32\n");
    Tolerance.FLOAT32.check(read(y), Logits.all(network, images).get(0));
    Cli none = Cli.run("infer", zip, "--input", x, "--output", y, "--output-name", "label");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("no output 'label'; it has labels, ../what is it?, norm");
  }

  @Test
  void twoInputsAreASentence() throws IOException {
    ComputationGraph network =
        built(
            graph(IMAGE, IMAGE)
                .addLayer("conv", conv(4), "left")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addVertex("both", new MergeVertex(), "norm", "right")
                .addLayer("out", output(Activation.SOFTMAX), "both")
                .setOutputs("out"));
    Path zip = written(network);
    String sentence = "reads 2 inputs (left, right)";
    Cli convert = Cli.run("convert", zip);
    assertThat(convert.exitCode()).isEqualTo(1);
    assertThat(convert.err().lines()).singleElement().asString().contains(sentence);
    Cli infer =
        Cli.run(
            "infer",
            zip,
            "--input",
            npy(images(1, 3, 12, 12)),
            "--output",
            folder.resolve("y.npy"));
    assertThat(infer.exitCode()).isEqualTo(1);
    assertThat(infer.err().lines()).singleElement().asString().contains(sentence);
    Cli inspect = Cli.run("inspect", zip);
    assertThat(inspect.exitCode()).isZero();
    assertThat(inspect.out()).contains(sentence);
  }

  @ParameterizedTest
  @CsvSource({"0, is zero on all that", "1, is the same for all images that"})
  void outputThatIsZeroOrConstantProvesNothing(double bias, String words) throws IOException {
    MultiLayerNetwork network =
        chain(IMAGE, conv(4), new BatchNormalization(), pool(), output(Activation.IDENTITY));
    network.getLayer(3).getParam("W").assign(0);
    network.getLayer(3).getParam("b").assign(bias);
    Cli run = Cli.run("convert", written(network), "--rounds", 0);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("its output layer3 " + words + " it was compared on");
    assertThat(folder.resolve("net.fast.zip")).doesNotExist();
  }

  /** A RepVGG network that was given a head for labels of which several may hold. */
  private ComputationGraph labelling(Activation activation) throws IOException {
    Layer head =
        new OutputLayer.Builder(LossFunction.MSE)
            .nIn(Models.SPEC.widths().get(4))
            .nOut(3)
            .activation(activation)
            .build();
    ComputationGraph graph =
        new TransferLearning.GraphBuilder(Models.training())
            .removeVertexAndConnections(BlockNames.LINEAR)
            .addLayer(BlockNames.LINEAR, head, BlockNames.POOL)
            .setOutputs(BlockNames.LINEAR)
            .build();
    ModelMetadata metadata =
        ModelMetadata.of(Form.TRAINING, Models.SPEC)
            .withLabels(Models.LABELS)
            .withPreprocessing(Preprocessing.IMAGENET);
    ModelZipWriter.of(graph, metadata).write(folder.resolve("net.zip"));
    return graph;
  }

  @Test
  void predictAndEvaluateTakeTheHeadAsItIs() throws IOException {
    Path image = Models.image(folder.resolve("data/cat/a.png"), 0xff, 1);
    for (Activation activation :
        List.of(Activation.SIGMOID, Activation.SOFTMAX, Activation.IDENTITY, Activation.TANH)) {
      ComputationGraph graph = labelling(activation);
      converted(folder.resolve("net.zip"));
      boolean shares = activation == Activation.SOFTMAX;
      for (String engine : List.of("dl4j", "fast")) {
        Path fast = folder.resolve("net.fast.zip");
        Cli run = Cli.run("predict", fast, image, "--json", "--engine", engine, "--top", 3);
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode top = new ObjectMapper().readTree(run.out()).get(0).get("top");
        boolean probabilities = shares || activation == Activation.SIGMOID;
        INDArray expected = graph.outputSingle(input(image));
        for (JsonNode one : top) {
          String key = probabilities ? "probability" : "output";
          assertThat(one.get(key).asDouble())
              .isCloseTo(
                  expected.getDouble(0, one.get("index").asInt()),
                  org.assertj.core.data.Offset.offset(1e-5));
          assertThat(one.has(probabilities ? "output" : "probability")).isFalse();
        }
        Cli evaluate =
            Cli.run(
                "evaluate",
                fast,
                folder.resolve("data"),
                "--engine",
                engine,
                "--averaging",
                "flip");
        assertThat(evaluate.exitCode()).as(evaluate.err()).isZero();
        assertThat(Cli.run("predict", fast, image).out())
            .contains(probabilities ? "probability" : "output");
      }
    }
  }

  private static INDArray input(Path image) throws IOException {
    var preprocessor =
        new io.github.repvgg4j.data.image.ImagePreprocessor(
            Preprocessing.IMAGENET, Models.SPEC.input());
    float[] values = preprocessor.apply(io.github.repvgg4j.data.decode.ImageReader.read(image));
    return Nd4j.create(values, new long[] {1, 3, 32, 32}, 'c');
  }
}
