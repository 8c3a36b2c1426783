package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.ModelZipWriter;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Small networks for tests of the commands. */
final class Models {

  static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(4, 8, 8, 12, 16), 3, InputShape.square(32));

  static final List<String> LABELS = List.of("cat", "dog", "owl");

  private Models() {}

  /** Seeded weights and randomised BatchNorm statistics. */
  static ComputationGraph training() {
    ComputationGraph graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(11));
    RandomStatistics.fill(graph, 12);
    return graph;
  }

  /** The training form as a run leaves it. */
  static Path trainingZip(Path target) throws IOException {
    ModelMetadata metadata =
        ModelMetadata.of(Form.TRAINING, SPEC)
            .withLabels(LABELS)
            .withPreprocessing(Preprocessing.IMAGENET)
            .withProvenance("seed", "11");
    ModelZipWriter.of(training(), metadata).withUpdaterState().write(target);
    return target;
  }
}
