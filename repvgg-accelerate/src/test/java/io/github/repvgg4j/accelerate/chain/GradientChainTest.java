package io.github.repvgg4j.accelerate.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.NetworkTail;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.Branches;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Against Deeplearning4j's stock backpropagation in float64. */
class GradientChainTest {

  private static final long SEED = 20;

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(16, 16, 32, 32, 48), 5, new InputShape(3, 12, 12))
          .withStrides(List.of(1, 2, 1, 2, 1));

  @ParameterizedTest
  @CsvSource({"1, 4, 12", "1, 3, 16", "2, 4, 12"})
  void gradientLossAndStatisticsAreThoseOfDeeplearning4jInFloat64(int groups, int images, int side)
      throws ChainUnsupportedException {
    RepVggSpec spec =
        SPEC.withBlockOptions(new BlockOptions(groups, false))
            .withBatchNormEps(groups == 2 ? 1e-3 : RepVggSpec.BATCH_NORM_EPS);
    ComputationGraph graph = graph(spec, DataType.FLOAT);
    ComputationGraph exact = graph(spec, DataType.DOUBLE);
    INDArray features = features(images, side);
    INDArray targets = softTargets(images, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);

    try (GradientChain chain = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      INDArray before = graph.params().dup();
      double loss = chain.compute(features, targets);

      assertThat(loss).isCloseTo(exact.score(), org.assertj.core.data.Offset.offset(1e-5));
      assertThat(relative(chain.gradient(), expected)).isLessThan(1e-5);
      assertThat(graph.params()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"ALL, 12, FP32", "DENSE_ONLY, 12, FP32", "ALL, 15, FP32", "DENSE_ONLY, 13, BF16"})
  void maxPoolingsGradientIsThatOfDeeplearning4j(Branches branches, int side, Precision precision)
      throws ChainUnsupportedException {
    RepVggSpec spec =
        SPEC.withBlockOptions(new BlockOptions(1, false, branches))
            .withDownsample(Downsample.MAXPOOL);
    ComputationGraph graph = graph(spec, DataType.FLOAT);
    ComputationGraph exact = graph(spec, DataType.DOUBLE);
    INDArray features = features(4, side);
    INDArray targets = softTargets(4, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);
    boolean rough = precision == Precision.BF16;
    try (GradientChain chain = GradientChain.of(graph, precision, Convolutions.FASTEST)) {
      assertThat(chain.nodes().stream().filter(ChainNode.MaxPool.class::isInstance)).hasSize(2);
      double loss = chain.compute(features, targets);
      assertThat(loss)
          .isCloseTo(exact.score(), org.assertj.core.data.Offset.offset(rough ? 0.05 : 1e-5));
      assertThat(relative(chain.gradient(), expected)).isLessThan(rough ? 0.4 : 1e-5);
    } catch (ChainUnsupportedException e) {
      org.junit.jupiter.api.Assumptions.assumeFalse(rough, "no bfloat16 here: " + e.getMessage());
      throw e;
    }
  }

  @ParameterizedTest
  @CsvSource({"weighted, FP32", "binary, FP32", "weighted, BF16", "binary, BF16"})
  void otherLossesHaveTheGradientOfDeeplearning4jInFloat64(String loss, Precision precision)
      throws ChainUnsupportedException {
    ComputationGraph graph = withLoss(graph(SPEC, DataType.FLOAT), loss);
    ComputationGraph exact = withLoss(graph(SPEC, DataType.DOUBLE), loss);
    INDArray features = features(4, 12);
    INDArray targets = softTargets(4, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);
    boolean rough = precision == Precision.BF16;
    try (GradientChain chain = GradientChain.of(graph, precision, Convolutions.FASTEST)) {
      assertThat(chain.compute(features, targets))
          .isCloseTo(exact.score(), org.assertj.core.data.Offset.offset(rough ? 0.05 : 1e-5));
      assertThat(relative(chain.gradient(), expected)).isLessThan(rough ? 0.4 : 1e-5);
    } catch (ChainUnsupportedException e) {
      org.junit.jupiter.api.Assumptions.assumeFalse(rough, "no bfloat16 here: " + e.getMessage());
      throw e;
    }
  }

  /**
   * @param exact of the same architecture in float64; is given the weights, and has the score then
   */
  private static INDArray gradientInFloat64(
      ComputationGraph exact, ComputationGraph graph, INDArray features, INDArray targets) {
    exact.setParams(graph.params().castTo(DataType.DOUBLE));
    exact.setInputs(features.castTo(DataType.DOUBLE));
    exact.setLabels(targets.castTo(DataType.DOUBLE));
    exact.computeGradientAndScore();
    return exact.getGradientsViewArray().reshape(1, exact.numParams());
  }

  private static ComputationGraph withLoss(ComputationGraph graph, String loss) {
    OutputLayer head = (OutputLayer) graph.getLayer(BlockNames.LINEAR).conf().getLayer();
    if (loss.equals("binary")) {
      head.setActivationFn(new ActivationSigmoid());
      head.setLossFn(new LossBinaryXENT());
    } else {
      double[][] weights = {{0.25, 3, 1, 0.5, 2}};
      head.setLossFn(new LossMCXENT(Nd4j.createFromArray(weights)));
    }
    return graph;
  }

  @Test
  void eachParameterArrayHasItsOwnGradient() throws ChainUnsupportedException {
    ComputationGraph graph = graph(SPEC, DataType.FLOAT);
    ComputationGraph exact = graph(SPEC, DataType.DOUBLE);
    INDArray features = features(8, 12);
    INDArray targets = softTargets(8, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);
    try (GradientChain chain = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      chain.compute(features, targets);
      for (var layer : graph.getLayers()) {
        for (var entry : layer.paramTable().entrySet()) {
          INDArray view = entry.getValue();
          ChainNode.Slice slice = new ChainNode.Slice(view.offset(), view.length());
          assertThat(relative(Ranges.of(chain.gradient(), slice), Ranges.of(expected, slice)))
              .as("%s %s", layer.conf().getLayer().getLayerName(), entry.getKey())
              .isLessThan(1e-4);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 20, 8, 4})
  void channelsThatFillNoBlock(int width) {
    RepVggSpec spec =
        RepVggSpec.of(
            List.of(1, 2, 1, 1),
            List.of(width, width, width, width, width),
            5,
            new InputShape(3, 12, 12));
    ComputationGraph graph = graph(spec, DataType.FLOAT);
    try (GradientChain chain = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      assertThat(ChainCheck.requireAgreement(graph, chain, ChainCheck.FP32, 12, 12))
          .isLessThan(1e-4);
      INDArray features = features(4, 12);
      INDArray targets = softTargets(4, 5);
      chain.compute(features, targets);
      INDArray first = chain.gradient().dup();
      for (int again = 0; again < 20; again++) {
        chain.compute(features, targets);
        assertThat(chain.gradient()).isEqualTo(first);
      }
    } catch (ChainUnsupportedException e) {
      assertThat(width).as(e.getMessage()).isLessThan(16);
    }
  }

  /**
   * oneDNN's reference code took 9 tenths of a step where BF16 met 3 -> 24 channels. The last
   * stages here see images of one pixel, which BF16 can't take with a stride.
   */
  @ParameterizedTest
  @CsvSource({
    "24, FP32, PLAIN",
    "24, BF16, PLAIN",
    "20, BF16, REPVGG",
    "40, BF16, QAREPVGG",
    "16, BF16, PLAIN"
  })
  void nothingRunsInReferenceCode(int width, Precision precision, BlockKind kind)
      throws ChainUnsupportedException {
    RepVggSpec spec =
        RepVggSpec.of(
                List.of(1, 2, 1, 1),
                List.of(width, width, 48, 48, width),
                5,
                new InputShape(3, 12, 12))
            .withBlockOptions(new BlockOptions(1, false).withStructure(new Structure(kind, 1)));
    ComputationGraph graph = graph(spec, DataType.FLOAT);
    ComputationGraph exact = graph(spec, DataType.DOUBLE);
    INDArray features = features(4, 12);
    INDArray targets = softTargets(4, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);
    boolean rough = precision == Precision.BF16;
    try (GradientChain chain = GradientChain.of(graph, precision, Convolutions.FASTEST)) {
      chain.compute(features, targets);
      assertThat(relative(chain.gradient(), expected)).isLessThan(rough ? 0.4 : 1e-5);
      assertThat(chain.code(4, 3, 12, 12)).isNotEmpty().noneMatch(c -> c.contains("(ref"));
    } catch (ChainUnsupportedException e) {
      org.junit.jupiter.api.Assumptions.assumeFalse(rough, "no bfloat16 here: " + e.getMessage());
      throw e;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PLAIN, 1, false",
    "PLAIN, 1, true",
    "QAREPVGG, 1, false",
    "REPOPT_SEARCH, 1, false",
    "REPVGG, 1, true",
    "MOBILEONE, 1, true",
    "MOBILEONE, 4, false",
    "MOBILEONE, 9, false"
  })
  void everyKindOfBlockHasTheGradientOfDeeplearning4jInFloat64(
      BlockKind kind, int convolutions, boolean gated) throws ChainUnsupportedException {
    BlockOptions options =
        new BlockOptions(1, gated).withStructure(new Structure(kind, convolutions));
    ComputationGraph graph = graph(SPEC.withBlockOptions(options), DataType.FLOAT);
    ComputationGraph exact = graph(SPEC.withBlockOptions(options), DataType.DOUBLE);
    INDArray features = features(4, 12);
    INDArray targets = softTargets(4, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);
    try (GradientChain chain = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      double loss = chain.compute(features, targets);
      assertThat(loss).isCloseTo(exact.score(), org.assertj.core.data.Offset.offset(1e-5));
      for (var layer : graph.getLayers()) {
        for (var entry : layer.paramTable().entrySet()) {
          INDArray view = entry.getValue();
          ChainNode.Slice slice = new ChainNode.Slice(view.offset(), view.length());
          INDArray wanted = Ranges.of(expected, slice);
          double size = wanted.norm2Number().doubleValue();
          if (size > 1e-9) { // a BatchNorm takes away what another before it adds
            assertThat(relative(Ranges.of(chain.gradient(), slice), wanted))
                .as("%s %s", layer.conf().getLayer().getLayerName(), entry.getKey())
                .isLessThan(2e-2);
          }
        }
      }
      assertThat(relative(chain.gradient(), expected)).isLessThan(1e-4);
    }
  }

  @Test
  void winogradsKernelsDifferFromTheDirectOnesInTheLastBits() throws ChainUnsupportedException {
    ComputationGraph graph = graph(SPEC, DataType.FLOAT);
    ComputationGraph exact = graph(SPEC, DataType.DOUBLE);
    INDArray features = features(8, 12);
    INDArray targets = softTargets(8, 5);
    INDArray expected = gradientInFloat64(exact, graph, features, targets);
    try (GradientChain direct = GradientChain.of(graph, Precision.FP32, Convolutions.DIRECT);
        GradientChain winograd = GradientChain.of(graph, Precision.FP32, Convolutions.WINOGRAD)) {
      direct.compute(features, targets);
      assertThat(winograd.compute(features, targets))
          .isCloseTo(exact.score(), org.assertj.core.data.Offset.offset(1e-5));
      assertThat(relative(winograd.gradient(), expected)).isLessThan(1e-4);
      double difference = relative(winograd.gradient(), direct.gradient());
      assertThat(difference > 0).isEqualTo(hasWinograd());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "500, 16, true",
    "500, 8, true",
    "128, 4, true",
    "64, 4, true",
    "16, 4, false", // too few pixels
    "2, 14, false",
    "8, 14, true",
    "500, 5, false", // 25 of the 64 numbers that 4 tiles hold
    "128, 7, true",
    "500, 3, true",
    "500, 2, false",
    "500, 1, false"
  })
  void winogradIsChosenWhereHalfOfItsTilesIsWanted(int images, int side, boolean chosen) {
    assertThat(ConvolutionPrimitives.isFasterByWinograd(images, 64, side, side)).isEqualTo(chosen);
  }

  private static boolean hasWinograd() {
    Layout image =
        Layout.of(io.github.repvgg4j.onednn.DataType.F32, Order.BLOCKS_OF_16, 8, 16, 12, 12);
    Layout weights = Layout.any(io.github.repvgg4j.onednn.DataType.F32, 16, 16, 3, 3);
    Convolution convolution =
        Convolution.direct(image, weights, null, image, Window.square(3, 1, 1))
            .with(Convolution.Algorithm.WINOGRAD);
    try (Primitive forward = convolution.forward(Purpose.TRAINING, After.NOTHING)) {
      return forward.isWinograd();
    } catch (OneDnnException e) {
      return false;
    }
  }

  @Test
  void repeatsBitForBitAndKeepsShapesApart() throws ChainUnsupportedException {
    ComputationGraph graph = graph(SPEC, DataType.FLOAT);
    try (GradientChain chain = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      chain.compute(features(4, 12), softTargets(4, 5));
      INDArray first = chain.gradient().dup();
      chain.compute(features(2, 16), softTargets(2, 5));
      chain.compute(features(3, 8), softTargets(3, 5));
      chain.compute(features(4, 12), softTargets(4, 5));
      assertThat(chain.gradient().sub(first).norm2Number().doubleValue()).isZero();
    }
  }

  @Test
  void bfloat16FollowsFloat32() throws ChainUnsupportedException {
    ComputationGraph graph = graph(SPEC, DataType.FLOAT);
    try (GradientChain exact = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST);
        GradientChain rough = GradientChain.of(graph, Precision.BF16, Convolutions.FASTEST)) {
      double loss = exact.compute(features(8, 12), softTargets(8, 5));
      double roughLoss;
      try {
        roughLoss = rough.compute(features(8, 12), softTargets(8, 5));
      } catch (ChainUnsupportedException e) {
        org.junit.jupiter.api.Assumptions.abort("no bfloat16 here: " + e.getMessage());
        return;
      }
      assertThat(roughLoss).isCloseTo(loss, org.assertj.core.data.Offset.offset(0.02));
      assertThat(relative(rough.gradient(), exact.gradient())).isBetween(1e-4, 0.3);
    }
  }

  @Test
  void tailOfANetworkHasAChainOfItsOwn() throws ChainUnsupportedException {
    ComputationGraph whole = graph(SPEC, DataType.FLOAT);
    ComputationGraph tail = NetworkTail.of(whole, SPEC, 3);
    try (GradientChain chain = GradientChain.of(tail, Precision.FP32, Convolutions.FASTEST)) {
      assertThat(ChainCheck.requireAgreement(tail, chain, ChainCheck.FP32, 6, 6)).isLessThan(1e-4);
    }
    assertThatThrownBy(
            () ->
                GradientChain.of(
                    NetworkTail.of(whole, SPEC, 5), Precision.FP32, Convolutions.FASTEST))
        .isInstanceOf(ChainUnsupportedException.class)
        .hasMessage("no convolution in it");
  }

  @Test
  void whatHasNoPrimitiveIsRefusedByName() {
    ComputationGraph other = graph(SPEC, DataType.FLOAT);
    ((OutputLayer) other.getLayer(BlockNames.LINEAR).conf().getLayer()).setLossFn(new LossMSE());
    assertThatThrownBy(() -> GradientChain.of(other, Precision.FP32, Convolutions.FASTEST))
        .isInstanceOf(ChainUnsupportedException.class)
        .hasMessageStartingWith("head.linear: not average pooling");
    assertThatThrownBy(
            () ->
                GradientChain.of(
                    graph(SPEC, DataType.DOUBLE), Precision.FP32, Convolutions.FASTEST))
        .isInstanceOf(ChainUnsupportedException.class)
        .hasMessage("parameters are DOUBLE");
  }

  private static ComputationGraph graph(RepVggSpec spec, DataType type) {
    ComputationGraph graph =
        RepVggGraphs.build(spec, GraphOptions.withSeed(SEED).withDataType(type));
    RandomStatistics.fill(graph, SEED);
    return graph;
  }

  private static INDArray features(int images, int side) {
    Nd4j.getRandom().setSeed(SEED);
    return Nd4j.randn(DataType.FLOAT, images, 3, side, side);
  }

  private static INDArray softTargets(int images, int classes) {
    INDArray targets = Nd4j.create(DataType.FLOAT, images, classes).assign(0.1 / classes);
    for (int i = 0; i < images; i++) {
      int right = i % classes;
      targets.putScalar(new long[] {i, right}, 0.9 + 0.1 / classes);
    }
    return targets;
  }

  private static double relative(INDArray found, INDArray expected) {
    INDArray wide = expected.castTo(DataType.DOUBLE);
    return found.castTo(DataType.DOUBLE).sub(wide).norm2Number().doubleValue()
        / Math.max(1e-30, wide.norm2Number().doubleValue());
  }
}
