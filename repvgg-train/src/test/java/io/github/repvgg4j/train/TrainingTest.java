package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.EventReader;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {

  @TempDir Path temp;

  @Test
  void runLeavesEverythingInItsFolder() throws IOException {
    Path folder = temp.resolve("run");
    RunResult result = Training.run(SmallRuns.config(folder), RunListener.SILENT);
    assertThat(folder)
        .isDirectoryContaining("glob:**/config.yaml")
        .isDirectoryContaining("glob:**/curves.png")
        .isDirectoryContaining("glob:**/run.log")
        .isDirectoryContaining("glob:**/model-raw.zip");
    List<String> metrics = Files.readAllLines(folder.resolve("metrics.jsonl"));
    assertThat(metrics).hasSize(3);
    JsonNode last = new ObjectMapper().readTree(metrics.get(2));
    assertThat(last.fieldNames())
        .toIterable()
        .contains(
            "epoch",
            "iteration",
            "learningRate",
            "trainLoss",
            "testLoss",
            "top1",
            "balancedAccuracy",
            "imagesPerSecond",
            "seconds");
    assertThat(last.path("iteration").asInt()).isEqualTo(15);
    assertThat(SmallRuns.result(folder).path("top1").asDouble()).isEqualTo(result.top1());
    assertThat(SmallRuns.result(folder).path("top1Averaged").asDouble(-1)).isBetween(0.0, 1.0);
    ModelMetadata model = ModelZip.load(result.model()).metadata();
    assertThat(model.labels()).hasSize(10).startsWith("checkers", "circle");
    assertThat(model.preprocessing()).isPresent();
    TrainConfig resolved = ConfigFiles.read(folder.resolve("config.yaml"));
    assertThat(resolved.training()).isEqualTo(SmallRuns.config(folder).training());
  }

  @Test
  void stoppedAndResumedRunHasTheBitsOfTheWholeOneWhateverTheThreads() throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(SmallRuns.config(whole), RunListener.SILENT);
    Path parts = temp.resolve("parts");
    TrainConfig oneThread = SmallRuns.config(parts);
    oneThread = oneThread.withData(oneThread.data().withThreads(1));
    RunResult stopped =
        Training.run(oneThread, SmallRuns.stopAfter(8, StartMode.NEW), RunListener.SILENT);
    assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
    assertThat(parts.resolve("result.json")).doesNotExist();
    Training.run(SmallRuns.config(parts), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
  }

  @Test
  void logsForOtherProgramsHaveEachEpochOnceAfterAResume() throws IOException {
    Path parts = temp.resolve("parts");
    TrainConfig config = SmallRuns.config(parts);
    config = config.withOutput(new TrainConfig.OutputConfig(parts.toString(), true));
    Training.run(config, SmallRuns.stopAfter(8, StartMode.NEW), RunListener.SILENT);
    Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(parts.resolve("metrics.jsonl"))) {
      lines.add(new ObjectMapper().readTree(line));
    }
    Path file = parts.resolve("tensorboard/events.out.tfevents.repvgg4j");
    List<EventReader.Event> events = EventReader.read(Files.readAllBytes(file));
    String table = Files.readString(parts.resolve("metrics.csv"));
    assertThat(table.split("\r\n", -1)).hasSize(5).endsWith("").doesNotContain("\n");
    assertThat(table)
        .startsWith(
            "epoch,iteration,learningRate,trainLoss,testLoss,top1,top5,balancedAccuracy,"
                + "meanAveragePrecision,microF1,macroF1,exactMatch,imagesPerSecond,seconds\r\n");
    assertThat(events).hasSize(4);
    for (int i = 0; i < 3; i++) {
      JsonNode line = lines.get(i);
      EventReader.Event event = events.get(i + 1);
      assertThat(event.step()).isEqualTo(5L * (i + 1)).isEqualTo(line.path("iteration").asLong());
      assertThat(event.scalars())
          .containsEntry("train/loss", (float) line.path("trainLoss").asDouble())
          .containsEntry("val/accuracy", (float) line.path("top1").asDouble());
      List<String> numbers = new ArrayList<>();
      for (String column : table.substring(0, table.indexOf('\r')).split(",")) {
        numbers.add(line.path(column).asText("")); // empty where the line has none
      }
      assertThat(table.split("\r\n")[i + 1]).isEqualTo(String.join(",", numbers));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RmsProp", "AMSGrad", "Sgd"})
  void updaterOfDeeplearning4jResumesToTheSameBits(String updater) throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(dl4j(whole, updater), RunListener.SILENT);
    Path parts = temp.resolve("parts");
    Training.run(dl4j(parts, updater), SmallRuns.stopAfter(8, StartMode.NEW), RunListener.SILENT);
    Training.run(dl4j(parts, updater), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
  }

  private static TrainConfig dl4j(Path folder, String updater) {
    String optimizer = "  optimizer: {type: dl4j, updater: %s, weightDecay: 1e-3}\n";
    String yaml =
        SmallRuns.YAML.replace(
            "  labelSmoothing", optimizer.formatted(updater) + "  labelSmoothing");
    return ConfigFiles.parse("dl4j.yaml", yaml).withFolder(folder);
  }

  @Test
  void progressiveSizesTrainOnTheSameNetworkAndResumeToTheSameBits() throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(progressive(whole), RunListener.SILENT);
    Path parts = temp.resolve("parts");
    Training.run(progressive(parts), SmallRuns.stopAfter(3, StartMode.NEW), RunListener.SILENT);
    Training.run(progressive(parts), SmallRuns.stopAfter(4, StartMode.RESUME), RunListener.SILENT);
    Training.run(progressive(parts), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    Path full = temp.resolve("full");
    Training.run(SmallRuns.config(full), RunListener.SILENT);
    assertThat(SmallRuns.hash(full)).isNotEqualTo(SmallRuns.hash(whole));
  }

  private static TrainConfig progressive(Path folder) {
    String sizes = "  progressive: [{untilEpoch: 1, side: 8}, {untilEpoch: 2, side: 12}]\n";
    String yaml = SmallRuns.YAML.replace("  labelSmoothing", sizes + "  labelSmoothing");
    return ConfigFiles.parse("progressive.yaml", yaml).withFolder(folder);
  }

  @Test
  void damagedNewestCheckpointFallsBackToTheOneBefore() throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(SmallRuns.config(whole), RunListener.SILENT);
    Path parts = temp.resolve("parts");
    Training.run(
        SmallRuns.config(parts), SmallRuns.stopAfter(12, StartMode.NEW), RunListener.SILENT);
    Path newest = newest(parts.resolve("checkpoints"));
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);
    Training.run(SmallRuns.config(parts), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
  }

  @Test
  void stopDuringATestLosesNothingOfTheEpochAndItIsTestedOnResume() throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(SmallRuns.config(whole), RunListener.SILENT);
    Path parts = temp.resolve("parts");
    List<String> trained = new ArrayList<>();
    RunListener recorder =
        new RunListener() {
          @Override
          public void onBatch(int epoch, int batch, double loss) {
            trained.add(epoch + "/" + batch);
          }
        };
    // Asked 5 times in an epoch, 3 times in its test and once behind it.
    RunResult stopped =
        Training.run(
            SmallRuns.config(parts), SmallRuns.stopAfter(9 + 5 + 2, StartMode.NEW), recorder);
    assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
    assertThat(stopped.epochs()).isEqualTo(1);
    assertThat(trained).hasSize(10).last().isEqualTo("1/4");
    assertThat(newest(parts.resolve("checkpoints"))).hasFileName("epoch-00001-batch-0000005.ckpt");
    trained.clear();
    Training.run(SmallRuns.config(parts), RunOptions.of(StartMode.RESUME), recorder);
    assertThat(trained).containsExactly("2/0", "2/1", "2/2", "2/3", "2/4");
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
  }

  private static Path newest(Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return null;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .filter(file -> file.toString().endsWith(".ckpt"))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }
}
