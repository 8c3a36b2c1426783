package io.github.repvgg4j.rewrite;

import static io.github.repvgg4j.rewrite.Blocks.add;
import static io.github.repvgg4j.rewrite.Blocks.bn;
import static io.github.repvgg4j.rewrite.Blocks.conv;
import static io.github.repvgg4j.rewrite.Blocks.fuse;
import static io.github.repvgg4j.rewrite.Blocks.graph;
import static io.github.repvgg4j.rewrite.Blocks.relu;
import static io.github.repvgg4j.rewrite.Blocks.same;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.rewrite.plan.Law;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

class RefusalsTest {

  private static ComputationGraph convBn() {
    return graph(b -> b.addLayer("c", conv(3), "x").addLayer("y", bn(), "c"));
  }

  private static void refused(FusionResult result, String place, String reason) {
    assertThat(result.refused())
        .anySatisfy(
            r -> {
              assertThat(r.place()).isEqualTo(place);
              assertThat(r.reason()).contains(reason);
            });
  }

  private static FusionResult fused(UnaryOperator<GraphBuilder> build, int... sides) {
    return fuse(graph(build), FuseOptions.DEFAULT, sides);
  }

  @Test
  void batchNormThatIsForTrainingOnly() {
    FusionResult result =
        fused(
            b ->
                b.addLayer("c", conv(3), "x")
                    .addLayer(
                        "y",
                        new BatchNormalization.Builder().nIn(4).nOut(4).minibatch(false).build(),
                        "c"),
            8);
    refused(result, "y", "minibatch(false)");
  }

  @Test
  void activationBetweenBranches() {
    FusionResult result =
        fused(
            b ->
                b.addLayer("a", conv(3), "x")
                    .addLayer("r", relu(), "a")
                    .addLayer("b", conv(3), "x")
                    .addVertex("y", add(), "r", "b"),
            8);
    refused(result, "y", "'r' (behind an activation)");
  }

  @Test
  void differentStrides() {
    // 8 x 8 both: stride 2 on padded by 4, stride 1 on unpadded
    FusionResult result =
        fused(
            b ->
                b.addLayer("a", conv(1, 1, 2, 0, 0).build(), "x")
                    .addLayer("b", conv(5, 5, 1, 0, 0).build(), "x")
                    .addVertex("y", add(), "a", "b"),
            8);
    refused(result, "y", "strides 2 and 1");
  }

  @Test
  void shapesThatOnlyLookAlike() {
    // equal at 8 x 8 and stride 2, not at 9 x 9
    FusionResult result =
        fused(
            b ->
                b.addLayer("a", conv(3, 3, 2, 1, 1).build(), "x")
                    .addLayer("b", conv(2, 2, 2, 0, 0).build(), "x")
                    .addVertex("y", add(), "a", "b"),
            8);
    refused(result, "y", "outputs of different size");
  }

  @Test
  void tensorWithAnotherReader() {
    FusionResult result =
        fused(
            b ->
                b.addLayer("c", conv(3), "x")
                    .addLayer("n", bn(), "c")
                    .addLayer("r", relu(), "c")
                    .addVertex("y", add(), "n", "r"),
            8);
    refused(result, "n", "'c' is also read by 'r'");
  }

  @Test
  void paddedKernelBehindAShift() {
    FusionResult result =
        fused(
            b -> b.addLayer("p", conv(1), "x").addLayer("n", bn(), "p").addLayer("y", conv(3), "n"),
            8,
            9);
    refused(result, "y", "zero padding and a shift do not commute");
    assertThat(result.fused().get(0).members()).containsExactly("p", "n");
  }

  @Test
  void sameAtStrideTwoNeedsTheInputSizeAndThenHoldsForIt() {
    UnaryOperator<GraphBuilder> build =
        b ->
            b.addLayer("a", same(3, 2), "x")
                .addLayer("b", same(1, 2), "x")
                .addVertex("y", add(), "a", "b");
    refused(fused(build, 8, 9), "y", "depends on the input size");
    for (int side : new int[] {8, 9}) {
      FusionResult result =
          fuse(
              graph(build),
              FuseOptions.DEFAULT.strict().withInputTypes(InputType.convolutional(side, side, 4)),
              side);
      assertThat(result.fused().get(0).laws()).contains(Law.SAME_AT_SIZE);
    }
  }

  @Test
  void sameInOneDirectionAndUnevenPaddingInTheOther() {
    FusionResult result =
        fused(
            b ->
                b.addLayer("p", new ZeroPaddingLayer.Builder(0, 0, 1, 0).build(), "x")
                    .addLayer(
                        "c",
                        new ConvolutionLayer.Builder(3, 1)
                            .nIn(4)
                            .nOut(4)
                            .stride(2, 1)
                            .convolutionMode(ConvolutionMode.Same)
                            .activation(Activation.IDENTITY)
                            .build(),
                        "p")
                    .addLayer("y", bn(), "c"),
            8,
            9);
    refused(result, "p", "depends on the input size");
    assertThat(result.fused().get(0).members()).containsExactly("c", "y");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void parametersThatAreNotFinite(double value) {
    for (String key : new String[] {"gamma", "beta", "mean"}) {
      ComputationGraph graph = convBn();
      graph.getLayer("y").getParam(key).putScalar(2, value);
      refused(GraphFuser.fuse(graph), "y", "channel 2 is not finite");
    }
    ComputationGraph graph = convBn();
    graph.getLayer("c").getParam("W").putScalar(5, value);
    refused(GraphFuser.fuse(graph), "y", "'c' has weights or biases that are not finite");
  }

  @Test
  void varianceWithoutAnInverse() {
    for (double variance : new double[] {0, -1}) {
      ComputationGraph graph =
          graph(
              b ->
                  b.addLayer("c", conv(3), "x")
                      .addLayer(
                          "y",
                          new BatchNormalization.Builder()
                              .nIn(4)
                              .nOut(4)
                              .eps(0)
                              .useLogStd(false)
                              .build(),
                          "c"));
      graph.getLayer("y").getParam("var").putScalar(1, variance);
      refused(GraphFuser.fuse(graph), "y", "channel 1 has variance " + variance);
    }
  }

  @Test
  void gammaZeroIsAllowedAndExact() {
    ComputationGraph graph = convBn();
    graph.getLayer("y").getParam("gamma").putScalar(1, 0);
    assertThat(fuse(graph, FuseOptions.DEFAULT.strict(), 8).fused()).hasSize(1);
  }

  @Test
  void otherDataTypesAreLeftAlone() {
    ComputationGraph half = convBn().convertDataType(DataType.HALF);
    refused(GraphFuser.fuse(half), "network", "data type HALF");
  }

  @Test
  void convolutionsWhoseProductCostsMoreStayTwo() {
    FusionResult result =
        fused(
            b ->
                b.addLayer("a", conv(5, 5, 1, 0, 0).build(), "x")
                    .addLayer("y", conv(5, 5, 1, 0, 0).build(), "a"),
            12);
    refused(result, "y", "times as much as the parts");
  }

  @Test
  void strictTurnsARefusalIntoAnError() {
    ComputationGraph graph = graph(b -> b.addLayer("n", bn(), "x").addLayer("y", relu(), "n"));
    assertThatThrownBy(() -> GraphFuser.fuse(graph, FuseOptions.DEFAULT.strict()))
        .isInstanceOf(UnfusedException.class)
        .hasMessageStartingWith("1 linear parts cannot be fused: n: BatchNorm without");
  }

  @Test
  void activationThatOverwritesWhatOthersReadIsPutRight() {
    FusionResult result =
        fused(
            b ->
                b.addLayer("c", conv(3), "x")
                    .addLayer("n", bn(), "c")
                    .addLayer("r", relu(), "n")
                    .addLayer("d", conv(3), "n")
                    .addVertex("y", add(), "r", "d"),
            8);
    assertThat(result.corrected())
        .singleElement()
        .satisfies(c -> assertThat(c.text()).contains("corrected r").contains("read by 'd'"));
  }

  private static Layer[] branches(String type) {
    return switch (type) {
      case "Convolution1DLayer" ->
          new Layer[] {
            new Convolution1DLayer.Builder(3).nIn(4).nOut(4).padding(1).build(),
            new Convolution1DLayer.Builder(1).nIn(4).nOut(4).build()
          };
      case "Convolution3D" ->
          new Layer[] {
            new Convolution3D.Builder(3, 3, 3).nIn(4).nOut(4).padding(1, 1, 1).build(),
            new Convolution3D.Builder(1, 1, 1).nIn(4).nOut(4).build()
          };
      default ->
          new Layer[] {
            new Deconvolution2D.Builder(3, 3).nIn(4).nOut(4).padding(1, 1).build(),
            new Deconvolution2D.Builder(1, 1).nIn(4).nOut(4).build()
          };
    };
  }

  /** The reason is the kind of layer, wherever it is met: in a sum, before a BatchNorm. */
  @ParameterizedTest
  @ValueSource(strings = {"Convolution1DLayer", "Convolution3D", "Deconvolution2D"})
  void convolutionsOfAnotherKind(String type) {
    Layer[] branches = branches(type);
    UnaryOperator<GraphBuilder> build =
        b ->
            b.addLayer("a", branches[0], "x")
                .addLayer("b", branches[1], "x")
                .addLayer("n", bn(), "b")
                .addVertex("y", add(), "a", "n");
    FusionResult result = GraphFuser.fuse(graph(build), FuseOptions.DEFAULT);
    refused(result, "n", "it reads 'b', which is a " + type + "; only plain");
    refused(result, "y", "it reads 'a', which is a " + type + "; only plain");
    assertThat(result.refused()).noneMatch(r -> r.reason().contains("different tensors"));
    assertThat(result.kept()).anySatisfy(k -> assertThat(k.text()).contains("a: is a " + type));
    assertThat(result.fused()).isEmpty();
  }
}
