package io.github.repvgg4j.bench.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.bench.engine.Workload;
import io.github.repvgg4j.deploy.quantize.gate.Classifier;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.weight.ChannelStress;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Networks of an ablation compute what the file does that they come from. */
class ContestantsTest {

  private static final InputShape INPUT = InputShape.square(33);
  private static final int IMAGES = 3;

  @TempDir Path folder;

  /** Deeplearning4j stores depthwise convolutions, of which MobileOne is made, in another order. */
  @ParameterizedTest
  @EnumSource(
      value = BlockKind.class,
      names = {"REPVGG", "MOBILEONE"})
  void floatNetworksAnswerAsTheirFile(BlockKind kind) throws Exception {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 2, 2, 1), List.of(16, 16, 24, 32, 48), 10, INPUT)
            .withBlockOptions(BlockOptions.of(kind));
    Workload workload = Workload.of("small", spec);
    Path zip = folder.resolve("fast.zip");
    ModelZipWriter.of(workload.fused(), ModelMetadata.of(ModelMetadata.Form.FAST, spec)).write(zip);
    float[] images;
    try (INDArray array = workload.images(IMAGES)) {
      images = array.data().asFloat();
    }
    try (Contestants contestants = new Contestants(zip, INPUT);
        FastNetwork file = FastNetwork.load(zip, RuntimeOptions.of(Precision.FP32))) {
      FloatNetwork network = FloatNetwork.read(zip);
      contestants.add(network);
      contestants.add(ChannelStress.of(network, 0.3, 5));
      List<Classifier> classifiers = contestants.classifiers();
      float[] expected = file.logits(images, IMAGES, INPUT);
      assertThat(classifiers.get(0).logits(images, IMAGES)).isEqualTo(expected);
      float[] stressed = classifiers.get(1).logits(images, IMAGES);
      float largest = (float) Arrays.stream(toDoubles(expected)).map(Math::abs).max().orElseThrow();
      assertThat(stressed).isNotEqualTo(expected).containsExactly(expected, within(1e-5f * largest));
    }
  }

  private static double[] toDoubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    Arrays.setAll(doubles, i -> numbers[i]);
    return doubles;
  }
}
