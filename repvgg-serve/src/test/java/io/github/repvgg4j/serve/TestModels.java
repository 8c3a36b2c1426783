package io.github.repvgg4j.serve;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.deploy.convert.ConvertOptions;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.deploy.convert.Converter;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Small networks with random weights and statistics, made into zips as users make them. */
public final class TestModels {

  /** 32 x 32, ten classes. */
  public static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 16, 16, 32), 10, InputShape.square(32));

  private TestModels() {}

  /** A training form. */
  public static Path training(Path zip, RepVggSpec spec, long seed) throws IOException {
    ComputationGraph graph =
        RepVggGraphs.build(spec, RepVggGraphs.GraphOptions.withSeed(seed));
    RandomStatistics.fill(graph, seed);
    ModelZipWriter.of(
            graph,
            ModelMetadata.of(Form.TRAINING, spec)
                .withLabels(
                    IntStream.range(0, spec.numClasses()).mapToObj(i -> "class " + i).toList())
                .withPreprocessing(Preprocessing.IMAGENET))
        .write(zip);
    return zip;
  }

  /** A fast form with probe and certificate, which appears under its name at once. */
  public static Path fast(Path zip, RepVggSpec spec, long seed) throws IOException {
    Path folder = Files.createTempDirectory(zip.toAbsolutePath().getParent(), ".made");
    Path made = folder.resolve("fast.zip");
    Converter.convert(
        training(folder.resolve("model.zip"), spec, seed),
        ConvertOptions.DEFAULT
            .withComparison(Comparison.DEFAULT.withImages(4).withLatencyRounds(0))
            .withZip(made));
    return Files.move(made, zip, StandardCopyOption.REPLACE_EXISTING);
  }
}
