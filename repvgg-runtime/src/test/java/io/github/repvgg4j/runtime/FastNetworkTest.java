package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FastNetworkTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 2, 2, 1), List.of(16, 24, 32, 40, 72), 10, InputShape.square(32));

  @ParameterizedTest(name = "batch {0}, {1} x {2}, strides {3}")
  @CsvSource({
    "1, 32, 32, 2",
    "2, 33, 31, 2",
    "3, 17, 40, 2",
    "4, 1, 1, 2",
    "5, 9, 9, 1",
    "1, 65, 7, 1"
  })
  void fp32LogitsAreDeeplearning4jsForAnyShape(int batch, int height, int width, int stride) {
    RepVggSpec spec = SPEC.withStrides(List.of(stride, 2, 1, stride, 2));
    MultiLayerNetwork network = FusedNetworks.of(spec, 1);
    INDArray images = FusedNetworks.images(2, batch, 3, height, width);
    try (ArrayNetwork fast =
        ArrayNetwork.of(network, SPEC.input(), RuntimeOptions.of(Precision.FP32))) {
      Tolerance.FLOAT32.check(fast.logits(images), Logits.of(network, images));
      INDArray logits = fast.logits(images);
      for (int i = 0; i < batch; i++) {
        double[] answers = fast.network().head().of(logits.getRow(i).toFloatVector());
        Tolerance.FLOAT32.check(
            Nd4j.createFromArray(answers).castTo(DataType.FLOAT), network.output(images).getRow(i));
      }
    }
  }

  /** As a server does: one image on all cores, or images side by side, from one set of weights. */
  @Test
  void callsMaySayTheirThreadsAndPlansMayBeForgottenBetweenThem() {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 1);
    INDArray images = FusedNetworks.images(2, 1, 3, 32, 32);
    INDArray expected = Logits.of(network, images);
    FloatBuffer in = DirectFloats.zeros(3 * 32 * 32).put(images.data().asFloat()).flip();
    try (ArrayNetwork fast =
        ArrayNetwork.of(network, SPEC.input(), RuntimeOptions.of(Precision.FP32).threads(2))) {
      List.of(1, 2, 3, 1).parallelStream()
          .forEach(
              threads -> {
                FloatBuffer out = DirectFloats.zeros(10);
                fast.network().logits(in, 1, SPEC.input(), out, threads);
                float[] logits = new float[10];
                out.get(logits);
                Tolerance.FLOAT32.check(Nd4j.createFromArray(new float[][] {logits}), expected);
                if (threads == 3) {
                  fast.network().forgetPlans();
                }
              });
      assertThatThrownBy(
              () -> fast.network().logits(in, 1, SPEC.input(), DirectFloats.zeros(10), 0))
          .hasMessage("threads: 1 to 1024, got 0");
    }
  }

  @Test
  void bf16StaysWithinItsBound() {
    HasCode.assume(Precision.BF16);
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 3);
    INDArray images = FusedNetworks.images(4, 3, 3, 32, 32);
    try (ArrayNetwork fast =
        ArrayNetwork.of(network, SPEC.input(), RuntimeOptions.of(Precision.BF16))) {
      double difference =
          Tolerance.maxRelDifference(fast.logits(images), Logits.of(network, images));
      assertThat(difference).isBetween(1e-5, SelfCheckReport.bound(Precision.BF16));
      assertThat(fast.selfCheck().orElseThrow().top1Agreement()).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "{0} groups, squeeze-and-excitation {1}, {2}")
  @CsvSource({
    "2, false, FP32",
    "8, false, FP32",
    "1, true, FP32",
    "4, true, FP32",
    "4, true, BF16"
  })
  void groupsAndSqueezeExcitationAreDeeplearning4js(
      int groups, boolean gates, Precision precision) {
    HasCode.assume(precision);
    RepVggSpec spec = SPEC.withBlockOptions(new RepVggSpec.BlockOptions(groups, gates));
    MultiLayerNetwork network = FusedNetworks.of(spec, 5);
    INDArray images = FusedNetworks.images(6, 3, 3, 37, 32);
    try (ArrayNetwork fast = ArrayNetwork.of(network, SPEC.input(), RuntimeOptions.of(precision))) {
      double difference =
          Tolerance.maxRelDifference(fast.logits(images), Logits.of(network, images));
      assertThat(difference).isLessThan(precision == Precision.FP32 ? 1e-5 : 5e-2);
    }
  }

  @ParameterizedTest
  @CsvSource({"FP32", "BF16"})
  void maxPoolingIsDeeplearning4js(Precision precision) {
    HasCode.assume(precision);
    RepVggSpec spec = SPEC.withDownsample(Downsample.MAXPOOL);
    MultiLayerNetwork network = FusedNetworks.of(spec, 5);
    INDArray images = FusedNetworks.images(6, 3, 3, 37, 39);
    try (ArrayNetwork fast = ArrayNetwork.of(network, SPEC.input(), RuntimeOptions.of(precision))) {
      double difference =
          Tolerance.maxRelDifference(fast.logits(images), Logits.of(network, images));
      assertThat(difference).isLessThan(precision == Precision.FP32 ? 1e-5 : 5e-2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 24, 40, 20})
  void gatesOfChannelsThatFillNoBlock(int width) {
    RepVggSpec spec =
        RepVggSpec.of(
                List.of(1, 1, 1, 1), List.of(width, width, width, width, width), 10, SPEC.input())
            .withBlockOptions(new BlockOptions(1, true));
    MultiLayerNetwork network = FusedNetworks.of(spec, 5);
    INDArray images = FusedNetworks.images(6, 3, 3, 32, 32);
    INDArray expected = Logits.of(network, images);
    try (ArrayNetwork fast =
        ArrayNetwork.of(network, spec.input(), RuntimeOptions.of(Precision.FP32))) {
      for (int again = 0; again < 10; again++) {
        Tolerance.FLOAT32.check(fast.logits(images), expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void gatesOfLargeImagesOfFewChannels(Precision precision) {
    HasCode.assume(precision);
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(24, 24, 32, 32, 32), 10, SPEC.input())
            .withBlockOptions(new BlockOptions(1, true));
    MultiLayerNetwork network = FusedNetworks.of(spec, 5);
    INDArray images = FusedNetworks.images(6, 2, 3, 260, 230);
    try (ArrayNetwork fast = ArrayNetwork.of(network, spec.input(), RuntimeOptions.of(precision))) {
      double difference =
          Tolerance.maxRelDifference(fast.logits(images), Logits.of(network, images));
      assertThat(difference).isLessThan(precision == Precision.FP32 ? 1e-5 : 5e-2);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false, FP32", "2, true, FP32", "1, true, BF16"})
  void runsFusedMobileOnes(int convolutions, boolean gated, Precision precision) {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 2, 2, 1), List.of(24, 16, 40, 32, 48), 10, SPEC.input())
            .withBlockOptions(
                new BlockOptions(1, gated)
                    .withStructure(new Structure(BlockKind.MOBILEONE, convolutions)));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(7));
    RandomStatistics.fill(graph, 8);
    MultiLayerNetwork fused = (MultiLayerNetwork) GraphFuser.fuse(graph).network();
    INDArray images = FusedNetworks.images(6, 3, 3, 45, 39);
    try (ArrayNetwork fast = ArrayNetwork.of(fused, spec.input(), RuntimeOptions.of(precision))) {
      INDArray logits = fast.logits(images);
      double limit = precision == Precision.FP32 ? 1e-5 : 5e-2;
      assertThat(Tolerance.maxRelDifference(logits, Logits.of(fused, images))).isLessThan(limit);
      assertThat(Tolerance.maxRelDifference(logits, Logits.of(graph, images))).isLessThan(limit);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "4, true"})
  void runsWhatTheFuserWrites(int groups, boolean squeezeExcitation) {
    RepVggSpec spec = SPEC.withBlockOptions(new BlockOptions(groups, squeezeExcitation));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(7));
    RandomStatistics.fill(graph, 8);
    MultiLayerNetwork fused = (MultiLayerNetwork) GraphFuser.fuse(graph).network();
    INDArray images = FusedNetworks.images(9, 2, 3, 31, 32);
    try (ArrayNetwork fast =
        ArrayNetwork.of(fused, spec.input(), RuntimeOptions.of(Precision.FP32))) {
      Tolerance.FLOAT32.check(fast.logits(images), Logits.of(graph, images));
    }
  }
}
