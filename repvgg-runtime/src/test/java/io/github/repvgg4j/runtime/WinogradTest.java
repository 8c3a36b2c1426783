package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.WeightFiles;
import io.github.repvgg4j.weights.WeightImport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The choice between kernels, which is one only where the CPU has Winograd's. */
class WinogradTest {

  /** Of logits, from float64; direct kernels come as near as 1e-6. */
  private static final double GOLDEN_LIMIT = 5e-6;

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 3, 2, 1), List.of(16, 16, 32, 48, 64), 10, InputShape.square(32));
  private static final RuntimeOptions FP32 =
      RuntimeOptions.of(Precision.FP32)
          .selfCheck(SelfCheck.SKIP)
          .convolutions(Convolutions.FASTEST);

  private static ArrayNetwork fast(MultiLayerNetwork network, RuntimeOptions options) {
    return ArrayNetwork.of(network, SPEC.input(), options);
  }

  private static boolean hasWinograd() {
    Layout image = Layout.any(DataType.F32, 1, 16, 16, 16);
    Layout weights = Layout.any(DataType.F32, 16, 16, 3, 3);
    Convolution convolution =
        Convolution.direct(image, weights, null, image, Window.square(3, 1, 1))
            .with(Convolution.Algorithm.WINOGRAD);
    try (Primitive forward = convolution.forward(Purpose.INFERENCE, After.NOTHING)) {
      return forward.isWinograd();
    } catch (OneDnnException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void answersAsTheReferencesFloat64(Golden golden) throws Exception {
    RepVggSpec spec = spec(golden);
    Model fused =
        GraphFuser.fuse(
                WeightImport.network(WeightFiles.load(golden.weights()), spec).network(),
                FuseOptions.DEFAULT.strict())
            .network();
    INDArray input = golden.array("input.npy");
    boolean float32Only = golden.name().startsWith("TIMM");
    INDArray expected = golden.array(float32Only ? "logits.npy" : "logits_float64.npy");
    for (RuntimeOptions options :
        List.of(FP32.convolutions(Convolutions.WINOGRAD), withoutRoom(Convolutions.WINOGRAD))) {
      try (ArrayNetwork fast = ArrayNetwork.of(fused, spec.input(), options)) {
        assertThat(Tolerance.maxRelDifference(fast.logits(input), expected))
            .isLessThanOrEqualTo(GOLDEN_LIMIT);
        for (int image = 0; image < input.size(0); image++) { // other kernels than for all at once
          INDArray one = input.get(rows(image)).dup('c');
          assertThat(Tolerance.maxRelDifference(fast.logits(one), expected.get(rows(image))))
              .isLessThanOrEqualTo(GOLDEN_LIMIT);
        }
      }
    }
  }

  private static RepVggSpec spec(Golden golden) throws IOException {
    JsonNode json = new ObjectMapper().readTree(golden.file("case.json").toFile());
    List<Integer> depths = new ArrayList<>();
    boolean official = json.has("num_blocks"); // the other is timm's
    json.get(official ? "num_blocks" : "depths").forEach(depth -> depths.add(depth.intValue()));
    List<Integer> widths = new ArrayList<>();
    JsonNode factors = json.get(official ? "width_multiplier" : "width_factors");
    for (int stage = 0; stage < depths.size(); stage++) {
      widths.add((int) ((64 << stage) * factors.get(stage).doubleValue()));
    }
    widths.add(0, Math.min(64, widths.get(0)));
    InputShape input = InputShape.square(json.get("resolution").intValue());
    return RepVggSpec.of(depths, widths, json.get("num_classes").intValue(), input)
        .withBlockOptions(
            new RepVggSpec.BlockOptions(
                json.get("groups_on_even_layers").intValue(),
                json.path("squeeze_excitation_before_relu").asBoolean()));
  }

  private static INDArrayIndex rows(int row) {
    return NDArrayIndex.interval(row, row + 1);
  }

  private static RuntimeOptions withoutRoom(Convolutions convolutions) {
    return FP32.convolutions(convolutions).weightGrowth(0);
  }

  @ParameterizedTest(name = "batch {0}, {1} x {2}")
  @CsvSource({"1, 32, 32", "2, 33, 31", "3, 7, 40", "1, 1, 1", "8, 17, 16"})
  void logitsAreDeeplearning4jsForAnyShape(int batch, int height, int width) {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 1);
    INDArray images = FusedNetworks.images(2, batch, 3, height, width);
    INDArray expected = Logits.of(network, images);
    for (RuntimeOptions options :
        List.of(
            FP32, FP32.convolutions(Convolutions.WINOGRAD), withoutRoom(Convolutions.FASTEST))) {
      try (ArrayNetwork fast = fast(network, options)) {
        Tolerance.FLOAT32.check(fast.logits(images), expected);
      }
    }
  }

  @Test
  void theChoiceStaysWhenAShapeIsPlannedAgainAndInOtherNetworks() {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 3);
    INDArray images = FusedNetworks.images(4, 2, 3, 32, 32);
    try (ArrayNetwork one = fast(network, FP32.plans(1));
        ArrayNetwork other = fast(network, FP32)) {
      INDArray first = one.logits(images);
      one.logits(FusedNetworks.images(4, 3, 3, 32, 32)); // which takes the only place
      Tolerance.EXACT.check(one.logits(images), first);
      Tolerance.EXACT.check(other.logits(images), first);
    }
  }

  @Test
  void pinnedKernelsAreTheOnesThatRun() {
    assumeThat(hasWinograd()).isTrue();
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 5);
    INDArray images = FusedNetworks.images(6, 2, 3, 32, 32);
    try (ArrayNetwork direct = fast(network, FP32.convolutions(Convolutions.DIRECT));
        ArrayNetwork winograd = fast(network, FP32.convolutions(Convolutions.WINOGRAD))) {
      assertThat(Tolerance.maxRelDifference(winograd.logits(images), direct.logits(images)))
          .isBetween(1e-9, 1e-5);
    }
  }

  @Test
  void transformedWeightsTakeNoMoreThanTheirBound() {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 7);
    INDArray images = FusedNetworks.images(8, 2, 3, 32, 32);
    long direct = weightBytes(network, images, FP32.convolutions(Convolutions.DIRECT));
    RuntimeOptions winograd = FP32.convolutions(Convolutions.WINOGRAD);
    for (double growth : new double[] {0, 0.5, 1, 4}) {
      // what is transformed at each call may have been brought into another order, once
      assertThat(weightBytes(network, images, winograd.weightGrowth(growth)))
          .isLessThanOrEqualTo((long) ((1 + growth) * 1.05 * direct));
    }
    if (hasWinograd()) {
      assertThat(weightBytes(network, images, winograd)).isGreaterThan(direct * 4 / 3);
    }
  }

  private static long weightBytes(
      MultiLayerNetwork network, INDArray images, RuntimeOptions options) {
    try (ArrayNetwork fast = fast(network, options)) {
      fast.logits(images);
      return fast.network().memory().weightBytes();
    }
  }

  @Test
  void selfCheckSeesEveryKernelThatMayBeChosen() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 9);
    MemorySource source =
        new MemorySource(ArrayNetwork.parts(network, SPEC.input(), Optional.empty()));
    FastGraph graph = ConfigurationReader.read(source.configuration());
    try (Parameters parameters = source.parameters();
        OneDnnEngine engine =
            new OneDnnEngine(
                graph, Optional.empty(), parameters, Precision.FP32, 1, FP32.planning())) {
      assertThat(engine.possible(new BatchShape(1, 3, 32, 32))).hasSize(hasWinograd() ? 3 : 1);
    }
    try (ArrayNetwork checked = fast(network, FP32.selfCheck(SelfCheck.REFERENCE))) {
      assertThat(checked.selfCheck().orElseThrow().maxRelativeDifference()).isBetween(1e-9, 1e-5);
    }
  }
}
