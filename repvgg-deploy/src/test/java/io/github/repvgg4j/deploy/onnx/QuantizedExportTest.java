package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.onnx.MinMaxIntegers.Results;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;

/** INT8 zips as QDQ files: what ONNX Runtime makes of them. */
class QuantizedExportTest {

  private static final RepVggSpec SMALL =
      RepVggSpec.of(List.of(2, 2, 3, 1), List.of(16, 16, 32, 48, 64), 7, InputShape.square(33));

  private static final RepVggSpec TINY =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(4, 4, 4, 4, 4), 3, InputShape.square(16));

  private static final OnnxOptions ANY_BATCH =
      OnnxOptions.DEFAULT.withBatch(OnnxOptions.Batch.DYNAMIC);

  private static final int IMAGES = 64;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, false, 13", "2, false, 14", "4, false, 15", "1, true, 16", "4, true, 17"})
  void everyConvolutionBecomesAnIntegerOne(int groups, boolean squeezeExcitation, int opset)
      throws Exception {
    RepVggSpec spec = SMALL.withBlockOptions(new BlockOptions(groups, squeezeExcitation));
    Model fused = fused(spec);
    Path int8 = int8(fused, spec, Set.of(), FloatWeights.KEPT);
    Path file = export(int8, ANY_BATCH.withOpset(opset));
    Map<String, Integer> operators = optimised(file);
    assertThat(operators).containsEntry("QLinearConv", 9).containsEntry("QGemm", 1);
    // the gates' own: two for each block
    assertThat(operators.getOrDefault("Conv", 0)).isEqualTo(squeezeExcitation ? 18 : 0);
    INDArray images = images(spec, 9, 8);
    assertThat(Compared.difference(OnnxRuntime.run(file, images), Logits.of(fused, images)))
        .isBetween(1e-6, 0.06); // the integers' own noise, and not less than any
  }

  @Test
  void allTwentyTwoOfA0() throws Exception {
    RepVggSpec spec = RepVggVariant.A0.spec(10, InputShape.square(32));
    Model fused = fused(spec);
    Path file = export(int8(fused, spec, Set.of(), FloatWeights.LEFT_OUT), ANY_BATCH);
    assertThat(optimised(file))
        .containsEntry("QLinearConv", 22)
        .containsEntry("QGemm", 1)
        .doesNotContainKey("Conv");
  }

  /** Networks whose answers are compared. */
  enum Networks {
    PLAIN(SMALL),
    GROUPED(SMALL.withBlockOptions(new BlockOptions(4, false))),
    GATED(SMALL.withBlockOptions(new BlockOptions(2, true))),
    MOBILEONE(SMALL.withBlockOptions(BlockOptions.of(BlockKind.MOBILEONE))),
    DEEP(
        RepVggSpec.of(List.of(2, 4, 14, 1), List.of(16, 16, 24, 32, 64), 7, InputShape.square(33)));

    private final RepVggSpec spec;

    Networks(RepVggSpec spec) {
      this.spec = spec;
    }
  }

  /**
   * Nearly all images have the same codes at each node, and so the same bits of logits: where a sum
   * lies between two codes, the order of float32's operations decides.
   */
  @ParameterizedTest
  @EnumSource
  void answersAreTheRuntimesWhereBothRoundAtTheSamePlaces(Networks network) throws Exception {
    Answers answers = answers(network.spec, Results.CODES);
    assertThat(answers.differences()[IMAGES - 4]).isLessThan(1e-6);
    assertThat(answers.differences()[IMAGES - 1]).isLessThan(0.02);
    assertThat(answers.otherClass()).isLessThanOrEqualTo(1);
  }

  /**
   * The runtime's integer convolutions give float32 to poolings and gates, ONNX's give codes: half
   * a step of noise more, which decides where two classes are nearly as likely.
   */
  @ParameterizedTest
  @EnumSource
  void answersAreNearTheRuntimesWhereItGivesFloats(Networks network) throws Exception {
    Answers answers = answers(network.spec, Results.FLOAT);
    assertThat(answers.differences()[IMAGES / 2]).isBetween(1e-5, 0.01);
    assertThat(answers.differences()[IMAGES - 1]).isLessThan(0.02);
    assertThat(answers.otherClass()).isLessThanOrEqualTo(3);
  }

  /**
   * Of ONNX Runtime and the fast runtime.
   *
   * @param differences max|difference| / max|logit| of each image, sorted
   * @param otherClass images with another class first
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Answers(double[] differences, int otherClass) {}

  private Answers answers(RepVggSpec spec, Results results) throws Exception {
    assumeFalse(Cpu.saturates(), "this CPU has no VNNI");
    Model fused = fused(spec);
    Path int8 = int8(fused, spec, Set.of(), FloatWeights.KEPT, results);
    INDArray images = images(spec, 9, IMAGES);
    INDArray onnx = OnnxRuntime.run(export(int8, ANY_BATCH), images);
    try (FastNetwork network = FastNetwork.load(int8, RuntimeOptions.of(Precision.INT8))) {
      float[] logits = network.logits(images.dup('c').data().asFloat(), IMAGES, spec.input());
      INDArray fast = Nd4j.createFromArray(logits).reshape(IMAGES, spec.numClasses());
      double[] differences = new double[IMAGES];
      int otherClass = 0;
      for (int i = 0; i < IMAGES; i++) {
        INDArray ours = fast.getRow(i);
        INDArray theirs = onnx.getRow(i);
        differences[i] = Compared.difference(theirs, ours);
        otherClass += ours.argMax().getInt(0) == theirs.argMax().getInt(0) ? 0 : 1;
      }
      Arrays.sort(differences);
      return new Answers(differences, otherClass);
    }
  }

  @Test
  void layersThatAreKeptComputeInFloat() throws Exception {
    Model fused = fused(SMALL);
    Path int8 = int8(fused, SMALL, Set.of(0, 4, 10), FloatWeights.KEPT); // 9 is the pooling
    Path file = export(int8, ANY_BATCH);
    Map<String, Integer> operators = optimised(file);
    assertThat(operators)
        .containsEntry("QLinearConv", 7)
        .containsEntry("Conv", 2)
        .containsEntry("Gemm", 1)
        .doesNotContainKey("QGemm");
    INDArray images = images(SMALL, 9, 8);
    assertThat(Compared.difference(OnnxRuntime.run(file, images), Logits.of(fused, images)))
        .isBetween(1e-6, 0.06);
  }

  @Test
  void aLeanZipGivesTheSameFile() throws Exception {
    RepVggSpec spec = SMALL.withBlockOptions(new BlockOptions(2, true));
    Model fused = fused(spec);
    byte[] whole =
        Files.readAllBytes(export(int8(fused, spec, Set.of(6), FloatWeights.KEPT), ANY_BATCH));
    Path lean = int8(fused, spec, Set.of(6), FloatWeights.LEFT_OUT);
    assertThat(Files.readAllBytes(export(lean, ANY_BATCH))).isEqualTo(whole);
  }

  @Test
  void denseLayerThatReadsPixelsIsAnIntegerOneToo() throws Exception {
    MultiLayerNetwork network = new MultiLayerNetwork(flattening().build());
    network.init();
    Path fast = folder.resolve("fast.zip");
    ModelZipWriter.of(network, ModelMetadata.unknown(Form.FAST)).write(fast);
    Path int8 = folder.resolve("int8.zip");
    INDArray images = Certifier.standardNormal(3, DataType.FLOAT, 8, 3, 8, 8);
    MinMaxIntegers.write(fast, int8, network, images, Set.of(), FloatWeights.KEPT);
    Path file = export(int8, ANY_BATCH.withShape(InputShape.square(8)));
    assertThat(optimised(file)).containsEntry("QLinearConv", 1).containsEntry("QGemm", 1);
    assertThat(Compared.difference(OnnxRuntime.run(file, images), Logits.of(network, images)))
        .isBetween(1e-6, 0.06);
  }

  private static NeuralNetConfiguration.ListBuilder flattening() {
    return new NeuralNetConfiguration.Builder()
        .seed(4)
        .convolutionMode(ConvolutionMode.Same)
        .list()
        .layer(
            new ConvolutionLayer.Builder(3, 3).nIn(3).nOut(5).activation(Activation.RELU).build())
        .layer(
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Truncate)
                .build())
        .layer(new OutputLayer.Builder().nOut(4).activation(Activation.SOFTMAX).build())
        .setInputType(InputType.convolutional(8, 8, 3));
  }

  @Test
  void preprocessingAndSoftmaxCanStandInTheFile() throws Exception {
    ComputationGraph training = training(SMALL);
    Model fused = GraphFuser.fuse(training).network();
    Path int8 = int8(fused, SMALL, Set.of(), FloatWeights.KEPT);
    INDArray pixels = images(SMALL, 9, 2).muli(50).addi(120);
    INDArray mean = Nd4j.createFromArray(0.485f, 0.456f, 0.406f).reshape(1, 3, 1, 1);
    INDArray std = Nd4j.createFromArray(0.229f, 0.224f, 0.225f).reshape(1, 3, 1, 1);
    INDArray normalised = pixels.div(255).sub(mean).div(std);
    Path file =
        export(
            int8,
            ANY_BATCH
                .withInput(OnnxOptions.Input.PIXELS)
                .withOutput(OnnxOptions.Output.PROBABILITIES));
    INDArray expected = training.outputSingle(normalised);
    assertThat(Tolerance.maxAbsDifference(OnnxRuntime.run(file, pixels), expected))
        .isBetween(1e-6, 0.05);
    assertThat(OnnxRuntime.outputShapes(file)).containsOnlyKeys("probabilities");
    assertThat(OnnxRuntime.metadata(file))
        .containsEntry("form", "FAST")
        .containsEntry("provenance.quantized.weightLimit", "127")
        .containsEntry("provenance.quantized.calibration.activations", "minmax");
  }

  @Test
  void aZipWithoutIntegersIsRefused() throws Exception {
    int8(fused(SMALL), SMALL, Set.of(), FloatWeights.KEPT);
    Path fast = folder.resolve("fast.zip");
    assertThatThrownBy(() -> export(fast, ANY_BATCH))
        .isInstanceOf(ArchiveException.class)
        .hasMessage(
            fast
                + ": holds no INT8 network; quantize it first, or export it with --precision fp32");
    assertThat(folder.resolve("int8.onnx")).doesNotExist();
  }

  @Test
  void onnxsOwnCheckerAcceptsIt() throws Exception {
    assumeTrue(Python.has("onnx"), "Debian's python3-onnx is not installed");
    RepVggSpec spec = SMALL.withBlockOptions(new BlockOptions(2, true));
    Path int8 = int8(fused(spec), spec, Set.of(6), FloatWeights.LEFT_OUT);
    for (int opset : new int[] {13, 17}) {
      Python.run(
          "import onnx,sys; m=onnx.load(sys.argv[1]); onnx.checker.check_model(m, full_check=True)",
          export(int8, ANY_BATCH.withOpset(opset)).toString());
    }
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        broken("reads what is not float32", "QuantizeLinear", (g, n) -> n.setInput(0, zero(g, n))),
        broken("gives neither uint8 nor int8", "QuantizeLinear", (g, n) -> n.setInput(2, "input")),
        broken("has no zero point", "QuantizeLinear", (g, n) -> withoutZeroPoint(n)),
        broken("reads no integers", "DequantizeLinear", (g, n) -> n.setInput(0, "input")),
        broken("zero point of another type", "DequantizeLinear", (g, n) -> withoutZeroPoint(n)),
        broken("has no scale", "DequantizeLinear", (g, n) -> n.setInput(1, "input")),
        broken("is not float32", "Conv", (g, n) -> n.setInput(0, zero(g, conv(g)))),
        broken(
            "has a scale of NaN",
            "QuantizeLinear",
            (g, n) -> array(g, n.getInput(1)).setRawData(floats(Float.NaN))),
        broken(
            "has a scale of -1.0",
            "QuantizeLinear",
            (g, n) -> array(g, n.getInput(1)).setRawData(floats(-1))),
        broken(
            "not as many zero points as scales",
            "QuantizeLinear",
            (g, n) -> array(g, n.getInput(2)).addDims(1)),
        broken(
            "which is not the length of its axis 1",
            "Conv",
            (g, n) -> by(g, n.getInput(1)).getAttributeBuilder(0).setI(1)));
  }

  private static Arguments broken(
      String rule, String type, BiConsumer<GraphProto.Builder, NodeProto.Builder> change) {
    return Arguments.of(rule, type, change);
  }

  private static NodeProto.Builder first(GraphProto.Builder graph, String type) {
    return graph.getNodeBuilderList().stream()
        .filter(node -> node.getOpType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static NodeProto.Builder conv(GraphProto.Builder graph) {
    return first(graph, "Conv");
  }

  private static NodeProto.Builder by(GraphProto.Builder graph, String output) {
    return graph.getNodeBuilderList().stream()
        .filter(node -> node.getOutput(0).equals(output))
        .findFirst()
        .orElseThrow();
  }

  /** Codes that lie before any node. */
  private static String zero(GraphProto.Builder graph, NodeProto.Builder node) {
    return first(graph, "QuantizeLinear").getInput(2);
  }

  private static TensorProto.Builder array(GraphProto.Builder graph, String name) {
    return graph.getInitializerBuilderList().stream()
        .filter(array -> array.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void withoutZeroPoint(NodeProto.Builder node) {
    List<String> inputs = List.of(node.getInput(0), node.getInput(1));
    node.clearInput().addAllInput(inputs);
  }

  private static ByteString floats(float number) {
    int bits = Integer.reverseBytes(Float.floatToIntBits(number));
    return ByteString.copyFrom(ByteBuffer.allocate(4).putInt(bits).array());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aFileWithBrokenCodesIsKnownBeforeItHasItsName(
      String rule, String type, BiConsumer<GraphProto.Builder, NodeProto.Builder> change)
      throws Exception {
    Path file = export(int8(fused(TINY), TINY, Set.of(), FloatWeights.KEPT), ANY_BATCH);
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    OnnxChecker.check(model.build());
    change.accept(model.getGraphBuilder(), first(model.getGraphBuilder(), type));
    assertThatThrownBy(() -> OnnxChecker.check(model.build()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(rule);
  }

  private Path export(Path int8, OnnxOptions options) throws Exception {
    Path file = folder.resolve("int8.onnx");
    QuantizedExport.write(file, int8, options);
    return file;
  }

  private static ComputationGraph training(RepVggSpec spec) {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(5));
    RandomStatistics.fill(graph, 6);
    return graph;
  }

  private static Model fused(RepVggSpec spec) {
    return GraphFuser.fuse(training(spec)).network();
  }

  private static INDArray images(RepVggSpec spec, long seed, int count) {
    InputShape in = spec.input();
    return Certifier.standardNormal(
        seed, DataType.FLOAT, count, in.channels(), in.height(), in.width());
  }

  private Path int8(Model fused, RepVggSpec spec, Set<Integer> keptFloat, FloatWeights floats)
      throws Exception {
    return int8(fused, spec, keptFloat, floats, Results.FLOAT);
  }

  private Path int8(
      Model fused, RepVggSpec spec, Set<Integer> keptFloat, FloatWeights floats, Results results)
      throws Exception {
    Path fast = folder.resolve("fast.zip");
    ModelMetadata metadata =
        ModelMetadata.of(Form.FAST, spec).withPreprocessing(Preprocessing.IMAGENET);
    ModelZipWriter.of(fused, metadata).write(fast);
    Path int8 = folder.resolve("int8.zip");
    MinMaxIntegers.write(fast, int8, fused, images(spec, 7, 16), keptFloat, floats, results);
    return int8;
  }

  private Map<String, Integer> optimised(Path file) throws Exception {
    Path target = folder.resolve("optimised.onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setOptimizedModelFilePath(target.toString());
      OrtEnvironment.getEnvironment().createSession(file.toString(), options).close();
    }
    return operators(target);
  }

  private static Map<String, Integer> operators(Path file) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (NodeProto node : ModelProto.parseFrom(in).getGraph().getNodeList()) {
        counts.merge(node.getOpType(), 1, Integer::sum);
      }
    }
    return counts;
  }
}
