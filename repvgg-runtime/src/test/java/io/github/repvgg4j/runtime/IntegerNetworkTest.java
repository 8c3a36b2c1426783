package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.SimpleQuantizer.Everywhere;
import io.github.repvgg4j.runtime.SimpleQuantizer.Signs;
import io.github.repvgg4j.runtime.check.IntegerCheck;
import io.github.repvgg4j.runtime.check.IntegerReference;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.NodeTensor;
import io.github.repvgg4j.runtime.plan.Observation;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;

/** INT8: every code is what plain Java integers make of it, from the image to the last layer. */
class IntegerNetworkTest {

  static final RuntimeOptions INT8 = RuntimeOptions.of(Precision.INT8);

  private static final InputShape SHAPE = InputShape.square(32);

  /** Stages of other widths than any block of oneDNN's, strides 2 and 1. */
  static RepVggSpec spec(int groups, boolean squeezeExcitation) {
    return RepVggSpec.of(List.of(1, 2, 2, 1), List.of(16, 24, 48, 64, 96), 10, SHAPE)
        .withStrides(List.of(1, 2, 2, 1, 2))
        .withBlockOptions(new BlockOptions(groups, squeezeExcitation));
  }

  static float[] images(long seed, int batch, InputShape shape) {
    Random random = new Random(seed);
    float[] images = new float[batch * shape.channels() * shape.height() * shape.width()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextGaussian();
    }
    return images;
  }

  static NetworkParts parts(RepVggSpec spec, long seed) {
    return ArrayNetwork.parts(FusedNetworks.of(spec, seed), spec.input(), Optional.empty());
  }

  static QuantizedNetwork quantize(SimpleQuantizer quantizer, NetworkParts parts) {
    return quantizer.quantize(parts, images(1, 2, parts.input()), 2);
  }

  /** Compares a batch with the reference, image by image. */
  private static void check(
      NetworkParts parts, QuantizedNetwork integers, int batch, InputShape shape) throws Exception {
    FastGraph graph = ConfigurationReader.read(parts.configuration());
    try (FastNetwork network = FastNetwork.of(parts, integers, INT8.selfCheck(SelfCheck.SKIP))) {
      IntegerReference reference = reference(parts, integers);
      float[] images = images(batch, batch, shape);
      Observation actual = network.observe(images, batch, shape);
      float[] logits = network.logits(images, batch, shape);
      int length = images.length / batch;
      for (int n = 0; n < batch; n++) {
        Observation expected =
            reference.run(Arrays.copyOfRange(images, n * length, (n + 1) * length), shape);
        for (int node = FastGraph.IMAGES; node < graph.nodes().size(); node++) {
          same(expected.tensor(node), actual.tensor(node).numbers(), n, batch, "node " + node);
        }
        same(expected.tensor(graph.head().node()), logits, n, batch, "logits");
      }
    }
  }

  private static IntegerReference reference(NetworkParts parts, QuantizedNetwork integers)
      throws Exception {
    FastGraph graph = ConfigurationReader.read(parts.configuration());
    try (Parameters parameters = new MemorySource(parts).parameters()) {
      return IntegerReference.read(graph, integers, parameters);
    }
  }

  private static void same(NodeTensor expected, float[] batch, int image, int images, String what) {
    int length = batch.length / images;
    float[] actual = Arrays.copyOfRange(batch, image * length, (image + 1) * length);
    if (expected.codes().isPresent()) {
      assertThat(actual).as(what).isEqualTo(expected.numbers());
      return;
    }
    float most = 0;
    for (int i = 0; i < length; i++) {
      most = Math.max(most, Math.abs(expected.numbers()[i]));
    }
    for (int i = 0; i < length; i++) {
      assertThat(Math.abs(actual[i] - expected.numbers()[i])).as(what).isLessThan(1e-5f * most);
    }
  }

  @ParameterizedTest(name = "{0} groups, {1} x {2}, batch {3}, weights to {4}")
  @CsvSource({
    "1, 32, 32, 1, 127",
    "1, 33, 47, 2, 127",
    "1, 32, 32, 9, 63",
    "2, 32, 32, 3, 127",
    "2, 31, 29, 4, 63",
    "4, 32, 32, 5, 127",
    "4, 37, 32, 1, 127",
    "8, 32, 32, 8, 127",
    "1, 5, 3, 7, 127"
  })
  void everyCodeIsThatOfPlainIntegers(int groups, int height, int width, int batch, int limit)
      throws Exception {
    NetworkParts parts = parts(spec(groups, false), groups);
    SimpleQuantizer quantizer =
        limit == 63 ? SimpleQuantizer.PLAIN.portable() : SimpleQuantizer.PLAIN;
    check(parts, quantize(quantizer, parts), batch, new InputShape(3, height, width));
  }

  /** Layers kept in float32 round on the way, so that each node is held against what it read. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "5", "6", "8", "0,3,4", "0,1,2,3,4,5,6"})
  void layersMayStayInFloats(String kept) {
    NetworkParts parts = parts(spec(1, false), 5);
    Integer[] nodes = Arrays.stream(kept.split(",")).map(Integer::valueOf).toArray(Integer[]::new);
    QuantizedNetwork integers = quantize(SimpleQuantizer.PLAIN.keepFloat(nodes), parts);
    try (FastNetwork network =
        FastNetwork.of(parts, integers, INT8.selfCheck(SelfCheck.REFERENCE))) {
      float[] images = images(2, 3, SHAPE);
      near(network.logits(images, 3, SHAPE), floats(parts, images, 3));
    }
  }

  @ParameterizedTest
  @EnumSource(Signs.class)
  void gatesSitBeforeTheReluAndTakeCodes(Signs signs) {
    for (int groups : new int[] {1, 2}) {
      NetworkParts parts = parts(spec(groups, true), 7);
      SimpleQuantizer quantizer = SimpleQuantizer.PLAIN.with(signs, Everywhere.WHERE_READ);
      QuantizedNetwork integers = quantize(quantizer, parts);
      try (FastNetwork network =
          FastNetwork.of(parts, integers, INT8.selfCheck(SelfCheck.REFERENCE))) {
        assertThat(network.selfCheck().orElseThrow().codes().orElseThrow().tensors()).isEqualTo(15);
        float[] images = images(2, 4, SHAPE);
        near(network.logits(images, 4, SHAPE), floats(parts, images, 4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"RELU6", "LEAKYRELU", "ELU", "SIGMOID", "TANH", "SWISH", "IDENTITY"})
  void functionsAfterAConvolution(Activation after) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .convolutionMode(ConvolutionMode.Same)
                .list()
                .layer(convolution(3, 16, 2, after))
                .layer(
                    new GroupedConvolution2D.Builder(3, 3)
                        .groups(16)
                        .padding(1, 1)
                        .nIn(16)
                        .nOut(16)
                        .activation(after)
                        .build())
                .layer(convolution(16, 24, 1, after))
                .layer(convolution(24, 24, 2, after))
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(
                    new OutputLayer.Builder()
                        .nIn(24)
                        .nOut(5)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(SHAPE.height(), SHAPE.width(), 3))
                .build());
    network.init();
    FusedNetworks.randomise(network, 3);
    NetworkParts parts = ArrayNetwork.parts(network, SHAPE, Optional.empty());
    for (Signs signs : Signs.values()) {
      SimpleQuantizer quantizer = SimpleQuantizer.PLAIN.with(signs, Everywhere.ALL);
      try (FastNetwork fast =
          FastNetwork.of(parts, quantize(quantizer, parts), INT8.selfCheck(SelfCheck.REFERENCE))) {
        float[] images = images(2, 3, SHAPE);
        near(fast.logits(images, 3, SHAPE), floats(parts, images, 3));
      }
    }
  }

  private static ConvolutionLayer convolution(int in, int out, int stride, Activation after) {
    return new ConvolutionLayer.Builder(3, 3)
        .stride(stride, stride)
        .nIn(in)
        .nOut(out)
        .activation(after)
        .build();
  }

  private static float[] floats(NetworkParts parts, float[] images, int batch) {
    try (FastNetwork network =
        FastNetwork.of(parts, RuntimeOptions.of(Precision.FP32).selfCheck(SelfCheck.SKIP))) {
      return network.logits(images, batch, parts.input());
    }
  }

  /** Not far: min-max scales and random weights; what is exact, the self-check says. */
  private static void near(float[] actual, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    assertThat(difference / largest).isBetween(1e-6, 0.25);
  }

  @Test
  void manyCallersGetTheBitsOfOne() {
    NetworkParts parts = parts(spec(2, true), 8);
    QuantizedNetwork integers = quantize(SimpleQuantizer.PLAIN, parts);
    try (FastNetwork network = FastNetwork.of(parts, integers, INT8.threads(1))) {
      List<float[]> images = IntStream.range(0, 4).mapToObj(n -> images(n, n + 1, SHAPE)).toList();
      List<float[]> alone =
          IntStream.range(0, 4).mapToObj(n -> network.logits(images.get(n), n + 1, SHAPE)).toList();
      IntStream.range(0, 64)
          .parallel()
          .forEach(
              i ->
                  assertThat(network.logits(images.get(i % 4), i % 4 + 1, SHAPE))
                      .isEqualTo(alone.get(i % 4)));
    }
  }

  @Test
  void weightsAreHeldInBytes() {
    NetworkParts parts = parts(spec(1, false), 9);
    try (FastNetwork network = FastNetwork.of(parts, quantize(SimpleQuantizer.PLAIN, parts), INT8);
        FastNetwork floats = FastNetwork.of(parts, RuntimeOptions.of(Precision.FP32))) {
      float[] images = images(1, 1, SHAPE);
      network.logits(images, 1, SHAPE);
      floats.logits(images, 1, SHAPE);
      assertThat(network.memory().weightBytes()).isLessThan(floats.memory().weightBytes() / 2);
    }
  }

  @Test
  void loadingComparesCodesOfEveryTensor() {
    NetworkParts parts = parts(spec(1, false), 3);
    QuantizedNetwork integers = quantize(SimpleQuantizer.PLAIN, parts);
    try (FastNetwork network = FastNetwork.of(parts, integers, INT8)) {
      SelfCheckReport report = network.selfCheck().orElseThrow();
      assertThat(report.codes().orElseThrow().tensors()).isEqualTo(8);
      assertThat(report.codes().orElseThrow().compared()).isGreaterThan(30_000);
      assertThat(report)
          .asString()
          .startsWith("0 of ")
          .contains(" codes of 8 tensors differ from a plain-Java integer reference (allowed 0)");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5})
  void theCheckFindsAnotherWeightAndABiasAStepAway(int layer) throws Exception {
    NetworkParts parts = parts(spec(1, false), 4);
    QuantizedNetwork integers = quantize(SimpleQuantizer.PLAIN, parts);
    QuantizedLayer right = integers.layers().get(layer);
    byte[] weights = right.weights().clone();
    for (int o = 0; o < right.out(); o++) { // one of each output, of which some are never positive
      weights[o * (weights.length / right.out()) + 4] ^= 64;
    }
    int[] bias = right.bias().clone();
    double step = integers.tensors().get(layer).scale() / integers.tensors().get(layer - 1).scale();
    for (int o = 0; o < right.out(); o++) {
      bias[o] += (int) (step / right.weightScales()[o]);
    }
    for (QuantizedLayer wrong :
        List.of(
            new QuantizedLayer(weights, right.weightScales(), right.bias()),
            new QuantizedLayer(right.weights(), right.weightScales(), bias))) {
      SelfCheckReport report = compare(parts, integers, layer, wrong);
      assertThat(report.codes().orElseThrow().differing()).isPositive();
      assertThat(report.passed()).isFalse();
    }
    assertThat(compare(parts, integers, layer, right).passed()).isTrue();
  }

  /** The engine with a network, held against another. */
  private static SelfCheckReport compare(
      NetworkParts parts, QuantizedNetwork integers, int layer, QuantizedLayer other)
      throws Exception {
    TreeMap<Integer, QuantizedLayer> layers = new TreeMap<>(integers.layers());
    layers.put(layer, other);
    QuantizedNetwork wrong =
        new QuantizedNetwork(
            layers,
            integers.tensors(),
            integers.weightLimit(),
            integers.floatWeights(),
            integers.calibration());
    MemorySource source = new MemorySource(parts, Optional.of(integers));
    try (Parameters parameters = source.parameters();
        OneDnnEngine engine =
            new OneDnnEngine(
                ConfigurationReader.read(parts.configuration()),
                Optional.of(integers),
                parameters,
                Precision.INT8,
                1,
                INT8.planning())) {
      return new IntegerCheck(reference(parts, wrong), IntegerCheck.QUICK_MACS)
          .compare(source, engine);
    }
  }
}
