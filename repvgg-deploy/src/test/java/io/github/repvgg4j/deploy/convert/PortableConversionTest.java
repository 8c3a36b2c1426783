package io.github.repvgg4j.deploy.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.layer.OwnLayers;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code convert --portable}. */
class PortableConversionTest {

  @TempDir Path folder;

  @Test
  void groupedKernelsBecomeDenseOnesAndTheReportStatesTheCost() throws IOException {
    Path model = write(new BlockOptions(2, false));
    ConversionReport small = convert(model, FuseOptions.DEFAULT, "small.zip");
    ConversionReport portable = convert(model, FuseOptions.DEFAULT.portable(), "portable.zip");
    MultiLayerNetwork fast =
        ModelSerializer.restoreMultiLayerNetwork(folder.resolve("portable.zip").toFile());
    assertThat(OwnLayers.namedIn(fast.getLayerWiseConfigurations().toJson())).isEmpty();
    INDArray images = Nd4j.rand(DataType.FLOAT, 3, 3, 32, 32);
    Tolerance.FLOAT32.check(
        Logits.of(fast, images), Logits.of(network(new BlockOptions(2, false)), images));
    long block2 = 16 * 16 * 9 / 2; // half of its kernel, which the other group does not see
    long block4 = 32 * 16 * 9 / 2;
    assertThat(portable.fast().parameters() - small.fast().parameters()).isEqualTo(block2 + block4);
    assertThat(portable.fast().macs()).isGreaterThan(small.fast().macs());
  }

  @Test
  void squeezeAndExcitationIsRefusedAndNothingIsWritten() throws IOException {
    Path model = write(new BlockOptions(1, true));
    assertThatThrownBy(() -> convert(model, FuseOptions.DEFAULT.portable(), "portable.zip"))
        .isInstanceOf(ConversionRefused.class)
        .hasMessageContaining("--portable allows Deeplearning4j's own layers only")
        .hasMessageContaining("io.github.repvgg4j.layer.SqueezeExcitation")
        .hasMessageContaining("convert without --portable");
    assertThat(folder)
        .isDirectoryContaining(model::equals)
        .isDirectoryNotContaining("glob:**port*");
  }

  private ConversionReport convert(Path model, FuseOptions fusing, String target)
      throws IOException {
    ConvertOptions.Output output =
        new ConvertOptions.Output(
            Optional.of(folder.resolve(target)),
            ConvertOptions.Existing.REFUSE,
            ConvertOptions.TrainingForm.LEFT_OUT);
    return Converter.convert(
        model,
        new ConvertOptions(output, Comparison.DEFAULT.withImages(2).withLatencyRounds(0), fusing));
  }

  private Path write(BlockOptions options) throws IOException {
    Path model = folder.resolve("model.zip");
    ModelMetadata metadata =
        ModelMetadata.of(Form.TRAINING, spec(options)).withLabels(Models.LABELS);
    ModelZipWriter.of(network(options), metadata).write(model);
    return model;
  }

  private static RepVggSpec spec(BlockOptions options) {
    return RepVggSpec.of(List.of(1, 2, 1, 1), List.of(16, 16, 16, 32, 32), 3, Models.SPEC.input())
        .withBlockOptions(options);
  }

  private static ComputationGraph network(BlockOptions options) {
    ComputationGraph graph = RepVggGraphs.build(spec(options), GraphOptions.withSeed(11));
    RandomStatistics.fill(graph, 12);
    return graph;
  }
}
