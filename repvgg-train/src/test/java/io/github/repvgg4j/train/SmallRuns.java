package io.github.repvgg4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs of a second: 40 generated images of 16 x 16, a network of four channels. */
final class SmallRuns {

  private SmallRuns() {}

  static final String YAML =
      """
      model:
        depths: [1, 1, 1, 1]
        widths: [4, 4, 4, 4, 8]
        strides: [1, 2, 2, 1, 1]
        input: [3, 16, 16]
      data:
        generated: {trainPerClass: 4, testPerClass: 2, side: 16}
        threads: 2
        augment: {crop: padded, padding: 2, flip: random, cutout: 4}
      training:
        epochs: 3
        batchSize: 8
        learningRate: 0.05
        emaDecay: 0.9
        mixup: 0.2
        labelSmoothing: 0.1
        testTimeAveraging: flip-translate
      backend: {accelerate: off}
      output: {folder: unused}
      """;

  /** The same of images that lie there already. */
  static String yaml(Path images) {
    return YAML.replaceAll("generated: .*", "path: '" + images + "'");
  }

  static TrainConfig config(Path folder) {
    TrainConfig config = ConfigFiles.parse("small.yaml", YAML);
    return config.withFolder(folder);
  }

  /** Writes the configuration to a file whose run goes to {@code folder}. */
  static Path file(Path file, Path folder) throws IOException {
    return Files.writeString(file, ConfigFiles.write(config(folder)));
  }

  /** Options of a run that is stopped when it has been asked that often whether it should. */
  static RunOptions stopAfter(int batches, StartMode mode) {
    AtomicInteger left = new AtomicInteger(batches);
    return RunOptions.of(mode).withStop(() -> left.decrementAndGet() <= 0);
  }

  /** Keeps what a user is told. */
  static RunListener noting(List<String> notes) {
    return new RunListener() {
      @Override
      public void onNote(String note) {
        notes.add(note);
      }
    };
  }

  static JsonNode result(Path folder) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("result.json").toFile());
  }

  /** Lines of metrics.jsonl without what depends on the clock. */
  static List<String> metrics(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceAll(",\"imagesPerSecond.*", ""))
        .toList();
  }

  /** Hash of the final parameters. */
  static String hash(Path folder) throws IOException {
    return result(folder).path("parametersSha256").asText();
  }
}
