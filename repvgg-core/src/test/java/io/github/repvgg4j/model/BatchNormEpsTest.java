package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BatchNormEpsTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(4, 4, 4, 4, 8), 3, InputShape.square(32));

  @TempDir Path folder;

  /** eps' with a variance v is eps with a variance v + eps' - eps. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1e-2, 1e-6})
  void isAddedToEveryVarianceInTrainingFormAndFusedForm(double eps) {
    RepVggSpec spec = SPEC.withBatchNormEps(eps);
    ComputationGraph graph = graph(spec);
    ComputationGraph shifted = graph(SPEC);
    shifted.setParams(graph.params().dup());
    for (Layer layer : shifted.getLayers()) {
      if (layer.conf().getLayer() instanceof BatchNormalization) {
        layer.getParam("var").addi(eps - RepVggSpec.BATCH_NORM_EPS);
      }
    }
    INDArray x = Nd4j.rand(DataType.DOUBLE, 4, 3, 32, 32);
    INDArray logits = Logits.of(graph, x);
    Tolerance.FLOAT32.check(logits, Logits.of(shifted, x));
    Tolerance.FUSED_LOGITS.check(Logits.of(GraphFuser.fuse(graph).network(), x.dup()), logits);
    assertThat(logits.sub(Logits.of(graphOf(SPEC, graph), x)).amaxNumber().doubleValue())
        .as("and it matters")
        .isGreaterThan(1e-6);
  }

  private static ComputationGraph graph(RepVggSpec spec) {
    ComputationGraph graph =
        RepVggGraphs.build(spec, GraphOptions.withSeed(1).withDataType(DataType.DOUBLE));
    RandomStatistics.fill(graph, 2);
    return graph;
  }

  private static ComputationGraph graphOf(RepVggSpec spec, ComputationGraph weights) {
    ComputationGraph graph = graph(spec);
    graph.setParams(weights.params().dup());
    return graph;
  }

  @Test
  void travelsInTheZipAndIsTheUsualOneWhereTheZipDoesNotSayIt() throws Exception {
    RepVggSpec spec = SPEC.withBatchNormEps(1e-3);
    Path zip = folder.resolve("model.zip");
    ModelZipWriter.of(
            RepVggGraphs.build(spec, GraphOptions.withSeed(1)),
            ModelMetadata.of(ModelMetadata.Form.TRAINING, spec))
        .write(zip);
    assertThat(ModelZip.readMetadata(zip).spec()).contains(spec);
    try (FileSystem files = FileSystems.newFileSystem(zip)) {
      Path json = files.getPath(ModelArchive.METADATA);
      String text = Files.readString(json, StandardCharsets.UTF_8);
      assertThat(text).contains("\"batchNormEps\" : 0.001");
      Files.writeString(json, text.replaceAll("\"batchNormEps\" : 0.001,", ""));
    }
    assertThat(ModelZip.readMetadata(zip).spec()).contains(SPEC);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1e-5, 1, Double.NaN, Double.POSITIVE_INFINITY})
  void mustBeASmallPositiveNumber(double eps) {
    assertThatThrownBy(() -> BlockOptions.PLAIN.withBatchNormEps(eps))
        .hasMessageStartingWith("batchNormEps: must be more than 0 and less than 1");
  }
}
