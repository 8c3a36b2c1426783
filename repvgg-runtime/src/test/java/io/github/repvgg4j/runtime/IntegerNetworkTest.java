package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.check.IntegerReference;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.plan.NodeTensor;
import io.github.repvgg4j.runtime.plan.Observation;
import io.github.repvgg4j.runtime.source.MemorySource;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.runtime.source.Parameters;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** INT8: every code is what plain Java integers make of it, from the image to the last layer. */
class IntegerNetworkTest {

  static final RuntimeOptions INT8 = RuntimeOptions.of(Precision.INT8);

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

  /** Compares a batch with the reference, image by image. */
  static void check(NetworkParts parts, QuantizedNetwork integers, int batch, InputShape shape)
      throws Exception {
    MemorySource source = new MemorySource(parts, Optional.of(integers));
    FastGraph graph = ConfigurationReader.read(parts.configuration());
    try (FastNetwork network = FastNetwork.of(parts, integers, INT8.selfCheck(SelfCheck.SKIP));
        Parameters parameters = source.parameters()) {
      IntegerReference reference = IntegerReference.read(graph, integers, parameters);
      float[] images = images(batch, batch, shape);
      Observation actual = network.observe(images, batch, shape);
      float[] logits = network.logits(images, batch, shape);
      for (int n = 0; n < batch; n++) {
        int length = images.length / batch;
        Observation expected =
            reference.run(Arrays.copyOfRange(images, n * length, (n + 1) * length), shape);
        for (int node = FastGraph.IMAGES; node < graph.nodes().size(); node++) {
          same(expected.tensor(node), actual.tensor(node), n, batch, "node " + node);
        }
        same(
            expected.tensor(graph.head().node()),
            new NodeTensor(new long[] {batch, 0}, Optional.empty(), logits),
            n,
            batch,
            "logits");
      }
    }
  }

  private static void same(
      NodeTensor expected, NodeTensor batch, int image, int images, String what) {
    int length = batch.numbers().length / images;
    float[] actual = Arrays.copyOfRange(batch.numbers(), image * length, (image + 1) * length);
    if (expected.codes().isPresent()) {
      assertThat(actual).as(what).isEqualTo(expected.numbers());
    } else {
      float most = 0;
      for (int i = 0; i < length; i++) {
        most = Math.max(most, Math.abs(expected.numbers()[i]));
      }
      for (int i = 0; i < length; i++) {
        assertThat(Math.abs(actual[i] - expected.numbers()[i])).as(what).isLessThan(1e-5f * most);
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1} x {2}, batch {3}")
  @CsvSource({
    "A0, 32, 32, 1",
    "A0, 33, 47, 3",
    "A1g4, 32, 32, 9",
    "A0, 64, 64, 2",
  })
  void codesAreThoseOfPlainIntegers(String variant, int height, int width, int batch)
      throws Exception {
    InputShape shape = new InputShape(3, height, width);
    RepVggSpec spec = RepVggVariant.A0.spec(10, shape);
    NetworkParts parts = parts(spec, 3);
    QuantizedNetwork integers = SimpleQuantizer.PLAIN.quantize(parts, images(1, 2, shape), 2);
    check(parts, integers, batch, shape);
  }

  @Test
  void loadingComparesEveryCode() {
    InputShape shape = InputShape.square(32);
    NetworkParts parts = parts(RepVggVariant.A0.spec(10, shape), 3);
    QuantizedNetwork integers = SimpleQuantizer.PLAIN.quantize(parts, images(1, 2, shape), 2);
    try (FastNetwork network = FastNetwork.of(parts, integers, INT8)) {
      SelfCheckReport report = network.selfCheck().orElseThrow();
      System.out.println(report);
      assertThat(report.codes().orElseThrow().differing()).isZero();
    }
  }
}
