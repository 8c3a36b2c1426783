package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.HostileNames;
import io.github.repvgg4j.testkit.RandomGraph;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers may be called anything: fusing and writing go by what they are, not by their names. */
class OnnxNamesTest {

  private static final double FUSED_LIMIT = 1e-10;

  @TempDir Path folder;

  @Test
  void graphsOfHostileNamesAreFusedAndWrittenRight() throws Exception {
    checkGraphs(0, 40);
  }

  @Test
  @Tag("proof")
  void aThousandGraphsOfHostileNamesAreFusedAndWrittenRight() throws Exception {
    checkGraphs(500_000, 1000);
  }

  private void checkGraphs(long firstSeed, int graphs) throws Exception {
    int regions = 0;
    int outputs = 0;
    int zeros = 0;
    int roundedMore = 0;
    double largest = 0;
    for (long seed = firstSeed; seed < firstSeed + graphs; seed++) {
      int steps = 2 + new Random(seed).nextInt(6);
      RandomGraph.Sample sample = RandomGraph.of(seed, steps, new HostileNames(seed));
      String what = "seed " + seed;
      FusionResult fusion = GraphFuser.fuse(sample.graph(), FuseOptions.DEFAULT);
      regions += fusion.fused().size();
      List<INDArray> expected = Activations.outputs(sample.graph(), sample.x());
      outputs += expected.size();
      zeros += (int) expected.stream().filter(Compared::isZero).count();
      largest = Math.max(largest, checkFused(fusion.network(), expected, sample.x(), what));
      roundedMore += write(sample.graph(), sample, expected, what + ", as it is");
      roundedMore += write(fusion.network(), sample, expected, what + ", fused");
    }
    System.out.printf(
        "%d graphs of hostile names from seed %d: %d regions fused, 0 wrong (by at most %.1e);"
            + " %d ONNX files of %d outputs (%d all zero) within %.0e of Deeplearning4j in float64,"
            + " but for %d that its own float32 is as far from%n",
        graphs,
        firstSeed,
        regions,
        largest,
        2 * graphs,
        2 * outputs,
        2 * zeros,
        Compared.LIMIT,
        roundedMore);
    assertThat(roundedMore).isLessThanOrEqualTo(graphs / 100);
    assertThat(zeros).isLessThan(outputs / 10);
    assertThat(regions).isGreaterThan(graphs / 2);
  }

  private static double checkFused(Model fused, List<INDArray> expected, INDArray x, String what) {
    List<INDArray> actual = Activations.outputs(fused, x);
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < actual.size(); i++) {
      double difference = Compared.difference(actual.get(i), expected.get(i));
      assertThat(difference).as("%s, output %d", what, i).isLessThan(FUSED_LIMIT);
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  /**
   * Outputs that differ by more than the limit: only where the network loses as much in float32 in
   * Deeplearning4j itself.
   */
  private int write(Model network, RandomGraph.Sample sample, List<INDArray> expected, String what)
      throws Exception {
    InputType.InputTypeConvolutional type = (InputType.InputTypeConvolutional) sample.inputType();
    OnnxOptions sized =
        Compared.ACTIVATED.withShape(
            new InputShape(
                (int) type.getChannels(), (int) type.getHeight(), (int) type.getWidth()));
    List<Double> differences =
        Compared.run(folder, network, sized, what, expected, sample.x()).differences();
    if (differences.stream().allMatch(difference -> difference <= Compared.LIMIT)) {
      return 0;
    }
    List<INDArray> rounded =
        Activations.outputs(
            sample.graph().convertDataType(DataType.FLOAT), sample.x().castTo(DataType.FLOAT));
    int more = 0;
    for (int i = 0; i < differences.size(); i++) {
      double own = Compared.difference(rounded.get(i), expected.get(i));
      assertThat(differences.get(i))
          .as("%s, output %d", what, i)
          .isLessThanOrEqualTo(Math.max(Compared.LIMIT, 2 * own));
      more += differences.get(i) > Compared.LIMIT ? 1 : 0;
    }
    return more;
  }

  static Stream<List<String>> chains() {
    return Stream.of(
        Arrays.asList("layer1", null, null, null, null),
        Arrays.asList(null, "layer0", "layer0", "layer4", null),
        Arrays.asList("input", "input", "input", "input", "input"),
        Arrays.asList("logits", "output", "input", "layer1", "probabilities"),
        Arrays.asList("", "", "", "", ""),
        Arrays.asList("conv", "conv", "conv", "conv", "logits"),
        Arrays.asList("x", "x.weight", "x.bias", "x_W", "x_b"),
        Arrays.asList("a/b", "a:0", " ", "层", "a\nb"),
        Arrays.asList("x", "x#2", "x", "x_2", "x"),
        Arrays.asList("a.b", "a.c", "a", "a.", ".a"),
        Arrays.asList("0", "1", "2", "input#2", "input"),
        Arrays.asList("\ud800", "\udfff", "?", "unnamed", "\u0000"),
        Arrays.asList("a".repeat(5000), "a".repeat(5000), "\t", "layer2", "layer3"));
  }

  @ParameterizedTest
  @MethodSource("chains")
  void chainOfAnyNamesIsFusedAndWrittenRight(List<String> names) throws Exception {
    MultiLayerNetwork network = chain(names);
    Nd4j.getRandom().setSeed(8);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 3, 8, 8);
    List<INDArray> expected = List.of(network.output(x));
    FusionResult fusion = GraphFuser.fuse(network);
    assertThat(fusion.fused()).hasSize(1);
    checkFused(fusion.network(), expected, x, names.toString());
    checkFused(
        GraphFuser.fuse(
                network, FuseOptions.DEFAULT.withInputTypes(InputType.convolutional(8, 8, 3)))
            .network(),
        expected,
        x,
        names + ", sizes known");
    for (Model model : List.of(network, fusion.network())) {
      assertThat(Compared.check(folder, model, Compared.ACTIVATED, names.toString(), expected, x))
          .containsOnlyKeys("probabilities");
    }
    assertThat(Activations.names(network)).doesNotHaveDuplicates().hasSize(5);
    assertThat(Activations.of(network, x)).hasSize(6);
  }

  private static MultiLayerNetwork chain(List<String> names) {
    Layer[] layers = {
      new ConvolutionLayer.Builder(3, 3).nIn(3).nOut(4).activation(Activation.IDENTITY).build(),
      new BatchNormalization.Builder().nIn(4).nOut(4).build(),
      new ActivationLayer(Activation.RELU),
      new GlobalPoolingLayer(PoolingType.AVG),
      new OutputLayer.Builder(LossFunction.MCXENT)
          .nIn(4)
          .nOut(3)
          .activation(Activation.SOFTMAX)
          .build()
    };
    for (int i = 0; i < layers.length; i++) {
      layers[i].setLayerName(names.get(i));
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(2)
                .dataType(DataType.DOUBLE)
                .list(layers)
                .build());
    network.init();
    RandomStatistics.fill(network, 3);
    return network;
  }

  @Test
  void namesInTheFileAreTheLayersWhereTheyCanBe() {
    OnnxNames names = new OnnxNames();
    assertThat(names.fresh("input")).isEqualTo("input");
    assertThat(names.fresh("stage1.block0")).isEqualTo("stage1.block0");
    assertThat(names.fresh("input")).isEqualTo("input_2");
    assertThat(names.fresh("input_2")).isEqualTo("input_2_2");
    assertThat(names.fresh("")).isEqualTo("unnamed");
    assertThat(names.fresh(" ")).isEqualTo("unnamed_2");
    assertThat(names.fresh("a\nb")).isEqualTo("a_b");
    assertThat(names.fresh("\ud800")).isEqualTo("_");
    assertThat(names.fresh("🦆")).isEqualTo("__2");
    assertThat(names.fresh("层")).isEqualTo("层");
  }

  @Test
  void refusalNamesTheLayerOfItsOwner() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list(
                    new LocallyConnected2D.Builder()
                        .name("logits")
                        .kernelSize(3, 3)
                        .nIn(3)
                        .nOut(2)
                        .setInputSize(8, 8)
                        .build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
    network.init();
    assertThatThrownBy(
            () ->
                Compared.check(
                    folder,
                    network,
                    Compared.ACTIVATED.withShape(new InputShape(3, 8, 8)),
                    "refused",
                    Nd4j.randn(2, 3, 8, 8)))
        .hasMessageContaining("layer logits: ");
  }
}
