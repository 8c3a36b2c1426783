package io.github.repvgg4j.runtime.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.ArrayNetwork;
import io.github.repvgg4j.runtime.FusedNetworks;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.check.LogitBounds.Reach;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.Arithmetic;
import io.github.repvgg4j.runtime.plan.BatchShape;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.runtime.plan.Kernel;
import io.github.repvgg4j.runtime.plan.OneDnnEngine;
import io.github.repvgg4j.runtime.plan.PlanRequest;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds of rounding against what it is measured to be, in each logit, by each kernel. */
class LogitBoundsTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(2, 4, 3, 1), List.of(16, 32, 48, 64, 80), 10, InputShape.square(40));
  private static final RuntimeOptions FASTEST =
      RuntimeOptions.of(Precision.FP32)
          .selfCheck(SelfCheck.SKIP)
          .convolutions(Convolutions.FASTEST);

  /** A network both ways. */
  private record Both(FastGraph graph, OneDnnEngine engine) implements AutoCloseable {

    static Both of(MultiLayerNetwork network, InputShape shape) throws Exception {
      MemorySource source = new MemorySource(ArrayNetwork.parts(network, shape, Optional.empty()));
      FastGraph graph = ConfigurationReader.read(source.configuration());
      try (Parameters parameters = source.parameters()) {
        return new Both(
            graph,
            new OneDnnEngine(
                graph, Optional.empty(), parameters, Precision.FP32, 2, FASTEST.planning()));
      }
    }

    LogitBounds bounds(float[] image, InputShape shape) {
      PlainReference reference = PlainReference.of(graph, engine.parameters());
      return new LogitBounds(reference, Plane.of(shape, image, 0));
    }

    double[] logits(float[] image, PlanRequest request) {
      FloatBuffer in = DirectFloats.zeros(image.length).put(image).flip();
      FloatBuffer out = DirectFloats.zeros(graph.head().length());
      engine.run(in, request, out);
      return IntStream.range(0, out.capacity()).mapToDouble(out::get).toArray();
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @ParameterizedTest(name = "seed {0}, groups {1}, squeeze-and-excitation {2}, brightness {3}")
  @CsvSource({
    "1, 1, false, 0",
    "2, 1, false, 100",
    "3, 4, false, 0",
    "4, 1, true, 0",
    "5, 1, false, -1000",
  })
  void roundingStaysWithinItsBounds(long seed, int groups, boolean gates, float brightness)
      throws Exception {
    RepVggSpec spec = SPEC.withBlockOptions(new RepVggSpec.BlockOptions(groups, gates));
    InputShape shape = new InputShape(3, 41, 38);
    float[] image = Probe.values(seed, shape, 1);
    for (int i = 0; i < image.length; i++) {
      image[i] += brightness; // sums of large numbers that cancel
    }
    try (Both both = Both.of(FusedNetworks.of(spec, seed), shape)) {
      LogitBounds bounds = both.bounds(image, shape);
      List<PlanRequest> requests = both.engine.possible(new BatchShape(1, 3, 41, 38));
      List<Integer> classes = IntStream.range(0, 10).boxed().toList();
      List<Reach> reaches =
          bounds.of(requests.stream().map(both.engine::arithmetic).toList(), classes);
      for (int i = 0; i < requests.size(); i++) {
        double[] actual = both.logits(image, requests.get(i));
        double measured = 0;
        double estimated = 0;
        double worst = 0;
        for (int c = 0; c < 10; c++) {
          double error = Math.abs(actual[c] - bounds.logits()[c]);
          assertThat(error).isLessThan(reaches.get(i).estimated()[c]);
          assertThat(reaches.get(i).estimated()[c]).isLessThan(reaches.get(i).worst()[c]);
          measured = Math.max(measured, error);
          estimated = Math.max(estimated, reaches.get(i).estimated()[c]);
          worst = Math.max(worst, reaches.get(i).worst()[c]);
        }
        assertThat(estimated / measured).isBetween(1.0, 1_000.0); // else it would say nothing
        assertThat(worst / measured).isBetween(1.0, 100_000.0);
      }
    }
  }

  @Test
  void aWeightThatIsAThousandthOffIsNoRounding() throws Exception {
    InputShape shape = InputShape.square(40);
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 6);
    float[] image = Probe.values(6, shape, 1);
    try (Both both = Both.of(network, shape)) {
      LogitBounds bounds = both.bounds(image, shape);
      PlanRequest request = both.engine.possible(new BatchShape(1, 3, 40, 40)).get(0);
      List<Arithmetic> direct = both.engine.arithmetic(request);
      double estimated = bounds.of(List.of(direct), List.of(0)).get(0).estimated()[0];
      network.getLayer(4).getParam("W").muli(1.001);
      try (Both other = Both.of(network, shape)) {
        double difference = other.logits(image, request)[0] - bounds.logits()[0];
        assertThat(Math.abs(difference)).isGreaterThan(estimated);
      }
    }
  }

  @Test
  void aLoadedNetworkStatesItsOwn() {
    InputShape shape = InputShape.square(40);
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 7);
    float[] image = Probe.values(7, shape, 1);
    try (ArrayNetwork fast = ArrayNetwork.of(network, shape, FASTEST)) {
      List<LogitBound> bounds = fast.network().bounds(image, shape);
      assertThat(bounds.get(0).kernel()).isEqualTo(Kernel.DIRECT);
      assertThat(bounds).doesNotHaveDuplicates();
      for (LogitBound bound : bounds) {
        assertThat(bound.estimated()).isBetween(1e-7, 1e-3);
        assertThat(bound.worst()).isBetween(bound.estimated(), 1e-1);
        assertThat(bound.logits()).isEqualTo(2);
        assertThat(bound.worst()).isGreaterThanOrEqualTo(bounds.get(0).worst());
      }
      assertThatThrownBy(() -> fast.network().bounds(image, InputShape.square(41)))
          .hasMessage("image: 5043 numbers expected, got 4800");
    }
  }

  @Test
  void otherPrecisionsHaveNone() {
    InputShape shape = InputShape.square(40);
    RuntimeOptions bf16 = RuntimeOptions.of(Precision.BF16).selfCheck(SelfCheck.SKIP);
    try (ArrayNetwork fast = ArrayNetwork.of(FusedNetworks.of(SPEC, 8), shape, bf16)) {
      assertThatThrownBy(() -> fast.network().bounds(new float[4800], shape))
          .hasMessage("roundings are known in FP32 only, this network computes in BF16");
    }
  }
}
