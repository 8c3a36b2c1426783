package io.github.repvgg4j.rewrite;

import static io.github.repvgg4j.rewrite.Blocks.add;
import static io.github.repvgg4j.rewrite.Blocks.bn;
import static io.github.repvgg4j.rewrite.Blocks.conv;
import static io.github.repvgg4j.rewrite.Blocks.fuse;
import static io.github.repvgg4j.rewrite.Blocks.graph;
import static io.github.repvgg4j.rewrite.Blocks.relu;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.layer.SqueezeExcitation;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.rewrite.bounds.RoundingBounds;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What surrounds the regions comes through fusing. */
class NetworkFeaturesTest {

  private static ComputationGraph build(UnaryOperator<GraphBuilder> build) {
    ComputationGraph graph =
        new ComputationGraph(
            build
                .apply(
                    new NeuralNetConfiguration.Builder()
                        .seed(5)
                        .dataType(DataType.DOUBLE)
                        .graphBuilder())
                .build());
    graph.init();
    RandomStatistics.fill(graph, 6);
    return graph;
  }

  private static INDArray random(long... shape) {
    Nd4j.getRandom().setSeed(9);
    return Nd4j.randn(DataType.DOUBLE, shape);
  }

  @Test
  void channelsLastStayLast() {
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 3)
            .nOut(5)
            .dataFormat(CNN2DFormat.NHWC)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(conv)
                .layer(new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build())
                .setInputType(InputType.convolutional(7, 6, 3, CNN2DFormat.NHWC))
                .build());
    network.init();
    RandomStatistics.fill(network, 3);
    FusionResult result = GraphFuser.fuse(network, FuseOptions.DEFAULT.strict());
    MultiLayerNetwork fused = (MultiLayerNetwork) result.network();
    assertThat(((ConvolutionLayer) fused.getLayer(0).conf().getLayer()).getCnn2dDataFormat())
        .isEqualTo(CNN2DFormat.NHWC);
    INDArray x = random(2, 7, 6, 3);
    Tolerance.FLOAT64.check(fused.output(x.dup()), network.output(x.dup()));
    assertThat(
            new RoundingBounds(network, FuseOptions.DEFAULT).of(result, Activations.of(network, x)))
        .hasSize(1)
        .allSatisfy((name, bound) -> assertThat(bound.proven()).isBetween(1e-18, 1e-12));
  }

  @Test
  void frozenLayersAreLookedThrough() {
    FusionResult result =
        fuse(
            graph(
                b ->
                    b.addLayer("c", new FrozenLayer(conv(3)), "x")
                        .addLayer("n", new FrozenLayerWithBackprop(bn()), "c")
                        .addLayer("y", relu(), "n")),
            FuseOptions.DEFAULT.strict(),
            8);
    assertThat(result.fused().get(0).members()).containsExactly("c", "n", "y");
  }

  @Test
  void squeezeExcitationBetweenConvolutionAndReluStays() {
    FusionResult result =
        fuse(
            graph(
                b ->
                    b.addLayer("k", conv(3), "x")
                        .addLayer("k.bn", bn(), "k")
                        .addLayer("p", conv(1), "x")
                        .addLayer("p.bn", bn(), "p")
                        .addVertex("sum", add(), "k.bn", "p.bn")
                        .addLayer("se", new SqueezeExcitation.Builder(2).nIn(4).build(), "sum")
                        .addLayer("y", relu(), "se")),
            FuseOptions.DEFAULT,
            8);
    assertThat(result.fused()).singleElement().satisfies(f -> assertThat(f.members()).hasSize(5));
    assertThat(((MultiLayerNetwork) result.network()).getLayerNames())
        .containsExactly("sum", "se", "y");
  }

  @Test
  void severalInputsAndOutputsKeepTheirOrder() {
    ComputationGraph graph =
        build(
            b ->
                b.addInputs("left", "right")
                    .addLayer("c", conv(3), "right")
                    .addLayer("n", bn(), "c")
                    .addLayer("d", conv(1), "left")
                    .addLayer("m", bn(), "d")
                    .addVertex("s", add(), "n", "m")
                    .setOutputs("s", "m"));
    FusionResult result = GraphFuser.fuse(graph);
    assertThat(result.fused()).hasSize(2);
    INDArray[] x = {random(2, 4, 6, 6), random(2, 4, 6, 6).muli(0.5)};
    INDArray[] expected = graph.output(x[0].dup(), x[1].dup());
    INDArray[] actual = ((ComputationGraph) result.network()).output(x[0].dup(), x[1].dup());
    assertThat(actual).hasSize(2);
    for (int i = 0; i < 2; i++) {
      Tolerance.FLOAT64.check(actual[i], expected[i]);
    }
  }

  @Test
  void sharedInputFeedsTwoRegions() {
    FusionResult result =
        fuse(
            graph(
                b ->
                    b.addLayer("a", conv(3), "x")
                        .addLayer("an", bn(), "a")
                        .addLayer("ar", relu(), "an")
                        .addLayer("b", conv(1), "x")
                        .addLayer("bn", bn(), "b")
                        .addLayer("br", relu(), "bn")
                        .addVertex("y", add(), "ar", "br")),
            FuseOptions.DEFAULT,
            8);
    assertThat(result.fused()).extracting(RegionOutcome.Fused::name).containsExactly("ar", "br");
  }

  @Test
  void preprocessorsAroundARegionSurvive() {
    ComputationGraph graph =
        build(
            b ->
                b.addInputs("x")
                    .addLayer("c", conv(3), new RnnToCnnPreProcessor(4, 4, 4), "x")
                    .addLayer("n", bn(), "c")
                    .addLayer(
                        "lstm",
                        new LSTM.Builder().nIn(64).nOut(3).build(),
                        new CnnToRnnPreProcessor(4, 4, 4),
                        "n")
                    .addLayer(
                        "y",
                        new RnnOutputLayer.Builder(LossFunction.MSE)
                            .nIn(3)
                            .nOut(2)
                            .activation(Activation.IDENTITY)
                            .build(),
                        "lstm")
                    .setOutputs("y"));
    FusionResult result = GraphFuser.fuse(graph);
    assertThat(result.fused()).hasSize(1);
    INDArray x = random(2, 64, 5);
    Tolerance.FLOAT64.check(
        ((MultiLayerNetwork) result.network()).output(x.dup()), graph.outputSingle(x.dup()));
  }

  @Test
  void denseHeadBehindAPreprocessorIsMeasuredToo() {
    ComputationGraph graph =
        build(
            b ->
                b.addInputs("x")
                    .addLayer("c", conv(3), "x")
                    .addLayer("n", bn(), "c")
                    .addLayer(
                        "y",
                        new OutputLayer.Builder(LossFunction.MSE)
                            .nOut(3)
                            .activation(Activation.IDENTITY)
                            .build(),
                        "n")
                    .setOutputs("y")
                    .setInputTypes(InputType.convolutional(5, 5, 4)));
    FusionResult result = GraphFuser.fuse(graph);
    INDArray x = random(2, 4, 5, 5);
    List<INDArray> expected = Activations.outputs(graph, x);
    Tolerance.FLOAT64.check(expected.get(0), graph.outputSingle(x.dup()));
    Tolerance.FLOAT64.check(Activations.outputs(result.network(), x).get(0), expected.get(0));
  }

  @Test
  void lockedGammaAndBetaAreAppliedAsDl4jAppliesThem() {
    for (boolean logStd : new boolean[] {true, false}) {
      for (double gamma : new double[] {1, 1.5}) {
        for (double beta : new double[] {0, 0.4}) {
          BatchNormalization locked =
              new BatchNormalization.Builder()
                  .nIn(4)
                  .nOut(4)
                  .lockGammaBeta(true)
                  .gamma(gamma)
                  .beta(beta)
                  .useLogStd(logStd)
                  .build();
          fuse(
              graph(b -> b.addLayer("c", conv(3), "x").addLayer("y", locked, "c")),
              FuseOptions.DEFAULT.strict(),
              8);
        }
      }
    }
  }
}
