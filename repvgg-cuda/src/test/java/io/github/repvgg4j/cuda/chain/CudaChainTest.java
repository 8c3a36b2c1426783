package io.github.repvgg4j.cuda.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.accelerate.chain.ChainCheck;
import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.accelerate.chain.GradientChain;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionOptions.Product;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.reference.JavaDevice;
import io.github.repvgg4j.model.NetworkTail;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The chain on the Java device against the oneDNN chain and Deeplearning4j's float64. */
class CudaChainTest {

  static final ConvolutionOptions FULL = new ConvolutionOptions(NumberFormat.FLOAT32, Product.FULL);
  private static final ConvolutionOptions TF32 =
      new ConvolutionOptions(NumberFormat.FLOAT32, Product.TF32);
  private static final ConvolutionOptions BF16 =
      new ConvolutionOptions(NumberFormat.BFLOAT16, Product.FULL);

  @ParameterizedTest
  @CsvSource({"1, 4, 12", "1, 3, 16", "2, 4, 12"})
  void gradientLossAndStatisticsAreOneDnnsAndDeeplearning4js(int groups, int images, int side)
      throws ChainUnsupportedException {
    RepVggSpec spec =
        Networks.SPEC
            .withBlockOptions(new BlockOptions(groups, false))
            .withBatchNormEps(groups == 2 ? 1e-3 : RepVggSpec.BATCH_NORM_EPS);
    ComputationGraph graph = Networks.graph(spec, DataType.FLOAT);
    ComputationGraph exact = Networks.graph(spec, DataType.DOUBLE);
    exact.setParams(graph.params().castTo(DataType.DOUBLE));
    INDArray features = Networks.features(images, side);
    INDArray targets = Networks.softTargets(images);
    exact.setInputs(features.castTo(DataType.DOUBLE));
    exact.setLabels(targets.castTo(DataType.DOUBLE));
    exact.computeGradientAndScore();
    try (JavaDevice device = new JavaDevice();
        CudaChain chain = CudaChain.of(device, graph, FULL, norm -> false);
        GradientChain oneDnn = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      double loss = chain.compute(features, targets);

      assertThat(loss).isCloseTo(exact.score(), within(1e-5));
      assertThat(loss).isCloseTo(oneDnn.compute(features, targets), within(1e-5));
      INDArray expected = exact.getGradientsViewArray().reshape(1, exact.numParams());
      assertThat(Networks.relative(chain.gradient(), expected)).isLessThan(1e-5);
      assertThat(Networks.relative(chain.gradient(), oneDnn.gradient())).isLessThan(1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(BlockKind.class)
  void everyKindOfBlockHasOneDnnsGradient(BlockKind kind) throws ChainUnsupportedException {
    int convolutions = kind == BlockKind.MOBILEONE ? 3 : 1;
    BlockOptions options =
        BlockOptions.of(kind).withStructure(new BlockOptions.Structure(kind, convolutions));
    ComputationGraph graph =
        Networks.graph(Networks.SPEC.withBlockOptions(options), DataType.FLOAT);
    INDArray features = Networks.features(4, 12);
    INDArray targets = Networks.softTargets(4);
    try (JavaDevice device = new JavaDevice();
        CudaChain chain = CudaChain.of(device, graph, FULL, norm -> false);
        GradientChain oneDnn = GradientChain.of(graph, Precision.FP32, Convolutions.FASTEST)) {
      assertThat(chain.compute(features, targets))
          .isCloseTo(oneDnn.compute(features, targets), within(1e-5));
      assertThat(Networks.relative(chain.gradient(), oneDnn.gradient())).isLessThan(1e-4);
    }
  }

  @Test
  void gatesAreRefusedByName() {
    ComputationGraph graph =
        Networks.graph(Networks.SPEC.withBlockOptions(new BlockOptions(1, true)), DataType.FLOAT);
    try (JavaDevice device = new JavaDevice()) {
      assertThatThrownBy(() -> CudaChain.of(device, graph, FULL, norm -> false))
          .hasMessage("stage0.block0.se: squeeze-and-excitation is not computed on cards");
    }
  }

  @Test
  void agreesWithTheGraphOfATailToo() throws ChainUnsupportedException {
    ComputationGraph whole = Networks.graph(Networks.SPEC, DataType.FLOAT);
    ComputationGraph tail = NetworkTail.of(whole, Networks.SPEC, 3);
    try (JavaDevice device = new JavaDevice();
        CudaChain chain = CudaChain.of(device, tail, FULL, norm -> true)) {
      assertThat(ChainCheck.requireAgreement(tail, chain, ChainCheck.FP32, 6, 6)).isLessThan(1e-4);
    }
  }

  @Test
  void fewerBitsOfMantissaComeOutAsTheirRounding() throws ChainUnsupportedException {
    ComputationGraph graph = Networks.graph(Networks.SPEC, DataType.FLOAT);
    INDArray exact = gradient(graph, FULL);
    double tf32 = Networks.relative(gradient(graph, TF32), exact);
    double bf16 = Networks.relative(gradient(graph, BF16), exact);
    assertThat(tf32).isBetween(1e-4, 0.05);
    assertThat(bf16).isBetween(2 * tf32, 0.3);
  }

  private static INDArray gradient(ComputationGraph graph, ConvolutionOptions options)
      throws ChainUnsupportedException {
    try (JavaDevice device = new JavaDevice();
        CudaChain chain = CudaChain.of(device, graph, options, norm -> false)) {
      chain.compute(Networks.features(8, 12), Networks.softTargets(8));
      return chain.gradient();
    }
  }

  @Test
  void repeatsBitForBitAndKeepsShapesApart() throws ChainUnsupportedException {
    ComputationGraph graph = Networks.graph(Networks.SPEC, DataType.FLOAT);
    try (JavaDevice device = new JavaDevice();
        CudaChain chain = CudaChain.of(device, graph, BF16, norm -> false)) {
      chain.compute(Networks.features(4, 12), Networks.softTargets(4));
      INDArray first = chain.gradient().dup();
      chain.compute(Networks.features(2, 16), Networks.softTargets(2));
      chain.compute(Networks.features(5, 8), Networks.softTargets(5));
      chain.compute(Networks.features(4, 12), Networks.softTargets(4));
      assertThat(chain.gradient()).isEqualTo(first);
    }
  }

  @Test
  void maxPoolingIsRefusedByName() {
    ComputationGraph graph =
        Networks.graph(Networks.SPEC.withDownsample(Downsample.MAXPOOL), DataType.FLOAT);
    try (JavaDevice device = new JavaDevice()) {
      assertThatThrownBy(() -> CudaChain.of(device, graph, FULL, norm -> false))
          .isInstanceOf(ChainUnsupportedException.class)
          .hasMessageContaining("max pooling is not computed on cards; use downsample: stride");
    }
  }

  @Test
  void batchNormOfOneValueIsRefused() throws ChainUnsupportedException {
    ComputationGraph graph = Networks.graph(Networks.SPEC, DataType.FLOAT);
    try (JavaDevice device = new JavaDevice();
        CudaChain chain = CudaChain.of(device, graph, FULL, norm -> false)) {
      assertThatThrownBy(() -> chain.compute(Networks.features(1, 4), Networks.softTargets(1)))
          .isInstanceOf(ChainUnsupportedException.class)
          .hasMessageContaining("BatchNorm of a single value a channel");
      chain.compute(Networks.features(2, 8), Networks.softTargets(2));
    }
  }
}
