package io.github.repvgg4j.accelerate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.accelerate.AccelerationReport.Entry;
import io.github.repvgg4j.accelerate.AccelerationReport.Verdict;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
class AcceleratorTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(8, 8, 12, 16, 24), 5, InputShape.square(33));

  private static ComputationGraph network(DataType type) {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(7).withDataType(type));
    RandomStatistics.fill(graph, 8);
    return graph;
  }

  private static List<LayerHelper> helpers(ComputationGraph graph) {
    return Arrays.stream(graph.getLayers()).map(Layer::getHelper).toList();
  }

  /** A helper whose convolution is off by one thousandth. */
  static final class OffByAThousandth extends MKLDNNConvHelper {
    OffByAThousandth() {
      super(DataType.FLOAT);
    }

    @Override
    public INDArray preOutput(
        INDArray input,
        INDArray weights,
        INDArray bias,
        int[] kernel,
        int[] strides,
        int[] pad,
        org.deeplearning4j.nn.conf.layers.ConvolutionLayer.AlgoMode mode,
        org.deeplearning4j.nn.conf.layers.ConvolutionLayer.FwdAlgo fwdAlgo,
        org.deeplearning4j.nn.conf.ConvolutionMode convolutionMode,
        int[] dilation,
        CNN2DFormat format,
        LayerWorkspaceMgr workspaceMgr) {
      return super.preOutput(
              input,
              weights,
              bias,
              kernel,
              strides,
              pad,
              mode,
              fwdAlgo,
              convolutionMode,
              dilation,
              format,
              workspaceMgr)
          .muli(1.001);
    }
  }

  @Test
  void everyConvolutionAndBatchNormOfARepVggNetworkIsAccelerated() {
    ComputationGraph graph = network(DataType.FLOAT);
    INDArray input = Nd4j.rand(2, 3, 33, 33);
    INDArray stock = graph.outputSingle(input);

    AccelerationReport report = Accelerator.enable(graph, AccelerationMode.REQUIRE);

    assertThat(report.stock()).isEmpty();
    // 6 blocks of 2 convolutions and 2 BatchNorms; one block has an identity BatchNorm
    assertThat(report.active()).isEqualTo(6 * 4 + 1);
    assertThat(report.layers()).allSatisfy(e -> assertThat(e.verdict()).isEqualTo(Verdict.ACTIVE));
    assertThat(report.table()).contains("stage2.block1.identity.bn");
    Tolerance.FLOAT32.check(graph.outputSingle(input), stock);
  }

  @Test
  void enablingTwiceKeepsTheHelpersAndChecksNothingAgain() {
    ComputationGraph graph = network(DataType.FLOAT);
    AccelerationReport first = Accelerator.enable(graph);
    List<LayerHelper> helpers = helpers(graph);

    AccelerationReport second = Accelerator.enable(graph);

    assertThat(helpers(graph)).isEqualTo(helpers);
    assertThat(second.layers()).isEqualTo(first.layers());
  }

  @Test
  void disablingBringsBackTheStockResultToTheBit() {
    ComputationGraph graph = network(DataType.FLOAT);
    INDArray input = Nd4j.rand(2, 3, 33, 33);
    INDArray stock = graph.outputSingle(input);
    Accelerator.enable(graph);

    Accelerator.disable(graph);

    assertThat(helpers(graph)).containsOnlyNulls();
    Tolerance.EXACT.check(graph.outputSingle(input), stock);
  }

  @Test
  void aHelperOffByAThousandthIsRefusedAndNamed() {
    ComputationGraph graph = network(DataType.FLOAT);
    HelperSource planted =
        slot ->
            slot == HelperSlot.CONVOLUTION
                ? List.of(
                    new HelperSource.Candidate(
                        OffByAThousandth.class, layer -> new OffByAThousandth()))
                : HelperSource.revived().candidates(slot);

    AccelerationReport report = Accelerator.enable(graph, AccelerationMode.AUTO, planted);

    Entry conv = entry(report, "stage1.block0.dense.conv");
    assertThat(conv.verdict()).isEqualTo(Verdict.STOCK);
    assertThat(conv.helper()).isEqualTo("OffByAThousandth");
    assertThat(conv.reason()).contains("differs from the stock path by 1.0e-03 forward");
    assertThat(entry(report, "stage1.block0.dense.bn").verdict()).isEqualTo(Verdict.ACTIVE);
    assertThat(graph.getLayer("stage1.block0.dense.conv").getHelper()).isNull();
    assertThatThrownBy(() -> Accelerator.enable(graph, AccelerationMode.REQUIRE, planted))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stage0.block0.dense.conv");
  }

  @Test
  void aStockPathThatGivesZerosProvesNothing() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(
                    new ConvolutionLayer.Builder(3, 3)
                        .name("dead")
                        .nOut(4)
                        .activation(new ActivationThresholdedReLU(1e6))
                        .build())
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
    network.init();
    Entry dead = Accelerator.enable(network).layers().get(0);
    assertThat(dead.verdict()).isEqualTo(Verdict.STOCK);
    assertThat(dead.reason()).startsWith("the stock path's ").endsWith("is zero throughout");
  }

  @Test
  void aFloat64NetworkStaysStockAndSaysWhy() {
    AccelerationReport report = Accelerator.enable(network(DataType.DOUBLE));
    assertThat(report.active()).isZero();
    assertThat(report.layers())
        .allSatisfy(
            e ->
                assertThat(e.reason())
                    .isEqualTo("helpers compute in FLOAT, the network in DOUBLE"));
  }

  @Test
  void modeOffTakesHelpersAway() {
    ComputationGraph graph = network(DataType.FLOAT);
    Accelerator.enable(graph);
    AccelerationReport report = Accelerator.enable(graph, AccelerationMode.OFF);
    assertThat(report.active()).isZero();
    assertThat(helpers(graph)).containsOnlyNulls();
  }

  @Test
  void checkingDrawsNothingFromTheSeededStream() {
    ComputationGraph graph = network(DataType.FLOAT);
    Nd4j.getRandom().setSeed(5);
    INDArray expected = Nd4j.rand(4);
    Nd4j.getRandom().setSeed(5);
    Accelerator.enable(graph);
    Tolerance.EXACT.check(Nd4j.rand(4), expected);
  }

  @Test
  void modesAreReadFromText() {
    assertThat(AccelerationMode.of("Require")).isEqualTo(AccelerationMode.REQUIRE);
    assertThatThrownBy(() -> AccelerationMode.of("on"))
        .hasMessage("accelerate: must be one of [auto, off, require], got on");
  }

  private static Entry entry(AccelerationReport report, String layer) {
    return report.layers().stream()
        .filter(entry -> entry.layer().equals(layer))
        .findFirst()
        .orElseThrow();
  }
}
