package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.deploy.npy.NpyWriter;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.model.input.NetworkInput;
import io.github.repvgg4j.model.input.NetworkInput.Origin;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.Xception;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Zips that Deeplearning4j wrote, through the command line, without a word about their input:
 * convert, infer, export-onnx.
 */
class ForeignNetworksTest {

  @TempDir Path folder;

  private Path zip;
  private JsonNode report;

  /** What became of a network. */
  private enum Conversion {
    FUSED,
    NOTHING_TO_FUSE
  }

  private static int[] shape(int side) {
    return new int[] {3, side, side};
  }

  /** Seeded statistics, and He's rule for all weights: the zoo draws some that overflow. */
  private static void settle(Model model) {
    RandomStatistics.fill(model, 3);
    Layer[] layers =
        model instanceof ComputationGraph graph
            ? graph.getLayers()
            : ((MultiLayerNetwork) model).getLayers();
    for (Layer layer : layers) {
      INDArray weights = layer.paramTable().get("W");
      if (layer.conf().getLayer() instanceof ConvolutionLayer && weights.rank() == 4) {
        double fanIn = (double) weights.length() / weights.size(0);
        weights.muli(Math.sqrt(2 / fanIn) / weights.stdNumber().doubleValue());
      }
    }
  }

  private Path npy(INDArray values) throws IOException {
    Path file = folder.resolve("x.npy");
    try (NpyWriter writer =
        NpyWriter.create(file, Arrays.stream(values.shape()).boxed().toList())) {
      writer.append(values);
    }
    return file;
  }

  private INDArray inferred(Path model, Path input, String... more) {
    Path output = folder.resolve("y.npy");
    List<Object> arguments =
        new java.util.ArrayList<>(
            List.of("infer", model, "--input", input, "--output", output, "--force"));
    arguments.addAll(List.of(more));
    Cli run = Cli.run(arguments.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Nd4j.createFromNpyFile(output.toFile());
  }

  private static INDArray onnx(Path file, INDArray input) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(input.dup('c').data().asFloat()), input.shape());
        OrtSession.Result result =
            session.run(Map.of(session.getInputNames().iterator().next(), tensor))) {
      OnnxTensor first = (OnnxTensor) result.get(0);
      float[] numbers = new float[first.getFloatBuffer().remaining()];
      first.getFloatBuffer().get(numbers);
      return Nd4j.create(numbers, first.getInfo().getShape(), 'c');
    }
  }

  /** Converts, infers with what came of it, exports it where ONNX has its layers. */
  private void check(String name, Model model, Conversion expected) throws Exception {
    settle(model);
    zip = folder.resolve("net.zip");
    ModelSerializer.writeModel(model, zip.toFile(), false);
    NetworkInput input = NetworkInput.of(model, Optional.empty());
    InputShape shape = input.shape();
    INDArray x = Nd4j.randn(1, shape.channels(), shape.height(), shape.width());
    INDArray logits = Logits.all(model, x.dup()).get(0);
    INDArray answers = Activations.outputs(model, x.dup()).get(0);

    Path ready = converted(expected);
    Path file = npy(x);
    double differs = Tolerance.maxRelDifference(inferred(ready, file), logits);
    double said = Tolerance.maxRelDifference(inferred(ready, file, "--probabilities"), answers);
    String exported = exported(ready, x, logits);
    String fast = fast(ready, file, logits);
    System.out.printf(
        "%s: input %s (%s), %s, infer off by %.1e, answers by %.1e, fast runtime %s, %s%n",
        name,
        shape,
        input.origin(),
        report == null
            ? "nothing to fuse"
            : report.get("fused").size()
                + " regions fused, off by "
                + report.get("maxRelDifference").asText(),
        differs,
        said,
        fast,
        exported);
    assertThat(differs).isLessThan(1e-4);
    assertThat(said).isLessThan(1e-4);
  }

  private Path converted(Conversion expected) throws IOException {
    Cli convert = Cli.run("convert", zip, "--rounds", 0, "--images", 2);
    if (expected == Conversion.NOTHING_TO_FUSE) {
      assertThat(convert.exitCode()).isEqualTo(1);
      assertThat(convert.err().lines()).singleElement().asString().contains("has nothing to fuse");
      return zip;
    }
    assertThat(convert.exitCode()).as(convert.err()).isZero();
    report = new ObjectMapper().readTree(folder.resolve("net.fast.report.json").toFile());
    assertThat(report.get("maxRelDifference").asDouble()).isLessThan(1e-4);
    return folder.resolve("net.fast.zip");
  }

  /** Either the same logits, or one line that names the layer. */
  private String fast(Path model, Path input, INDArray logits) {
    Path output = folder.resolve("fast.npy");
    Cli run = Cli.run("infer", model, "--input", input, "--output", output, "--engine", "fast");
    if (run.exitCode() != 0) {
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .endsWith("run this network with Deeplearning4j (--engine dl4j)");
      return run.err().strip();
    }
    double differs = Tolerance.maxRelDifference(Nd4j.createFromNpyFile(output.toFile()), logits);
    assertThat(differs).isLessThan(1e-4);
    return "off by %.1e".formatted(differs);
  }

  /** A file that ONNX Runtime answers alike, or one line that names the layer. */
  private String exported(Path model, INDArray x, INDArray logits) throws Exception {
    Path file = folder.resolve("net.onnx");
    Cli run = Cli.run("export-onnx", model, "-o", file);
    if (run.exitCode() != 0) {
      assertThat(run.err().lines()).singleElement().asString().startsWith("error: ");
      assertThat(file).doesNotExist();
      return "ONNX: " + run.err().strip();
    }
    double differs = Tolerance.maxRelDifference(onnx(file, x), logits);
    assertThat(differs).isLessThan(1e-4);
    return "ONNX Runtime off by %.1e".formatted(differs);
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void goldensAsPlainZips(Golden golden) throws Exception {
    Path imported = folder.resolve("imported.zip");
    Path spec = Files.writeString(folder.resolve("spec.yaml"), WeightsCommandsTest.yaml(golden));
    Cli run = Cli.run("import-weights", golden.weights(), "--spec", spec, "-o", imported);
    assertThat(run.exitCode()).as(run.err()).isZero();
    zip = folder.resolve("net.zip");
    Model network = ModelZip.load(imported).network();
    ModelSerializer.writeModel(network, zip.toFile(), false);
    assertThat(NetworkInput.of(network, Optional.empty()).origin()).isEqualTo(Origin.ANY_SIZE);
    INDArray logits = golden.array("logits.npy");
    Path fast = converted(Conversion.FUSED);
    Tolerance.FUSED_LOGITS.check(inferred(fast, golden.file("input.npy")), logits);
    Path onnx = folder.resolve("net.onnx");
    Cli export = Cli.run("export-onnx", fast, "-o", onnx, "--dynamic-batch");
    assertThat(export.exitCode()).as(export.err()).isZero();
    INDArray theirs = onnx(onnx, golden.array("input.npy"));
    Tolerance.FUSED_LOGITS.check(theirs, logits);
  }

  /** Its head is a {@code LossLayer} behind global pooling. */
  @Test
  @Tag("proof")
  void darknet19() throws Exception {
    check(
        "Darknet19",
        Darknet19.builder().numClasses(10).inputShape(shape(64)).build().init(),
        Conversion.FUSED);
  }

  /** Has no BatchNorm. */
  @Test
  void squeezeNet() throws Exception {
    check(
        "SqueezeNet",
        SqueezeNet.builder().numClasses(10).inputShape(shape(96)).build().init(),
        Conversion.NOTHING_TO_FUSE);
  }

  @Test
  @Tag("proof")
  void resNet50() throws Exception {
    check(
        "ResNet50",
        ResNet50.builder().numClasses(10).inputShape(shape(160)).build().init(),
        Conversion.FUSED);
    assertThat(report.get("fused")).hasSizeGreaterThan(40);
  }

  /** Its head gives boxes. */
  @Test
  @Tag("proof")
  void tinyYolo() throws Exception {
    check(
        "TinyYOLO",
        TinyYOLO.builder().numClasses(4).inputShape(shape(96)).build().init(),
        Conversion.FUSED);
  }

  /** Its head gives a mask; has no BatchNorm. */
  @Test
  @Tag("proof")
  void uNet() throws Exception {
    check("UNet", UNet.builder().inputShape(shape(64)).build().init(), Conversion.NOTHING_TO_FUSE);
  }

  /** Has an activation before each BatchNorm. */
  @Test
  @Tag("proof")
  void xception() throws Exception {
    check(
        "Xception",
        Xception.builder().numClasses(10).inputShape(shape(96)).build().init(),
        Conversion.NOTHING_TO_FUSE);
  }
}
