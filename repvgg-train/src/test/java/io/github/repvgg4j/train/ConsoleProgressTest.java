package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first lines that a user sees: plurals and sums are right, nothing internal is in them. */
class ConsoleProgressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "600 | 1024 | 1 | 1 | 1 epoch of 1 batch of 600 images (training.batchSize: 1024 is more than there are)",
        "640 | 64 | 10 | 5 | 5 epochs of 10 batches of 64 images",
        "641 | 64 | 10 | 5 | 5 epochs of 10 batches of 64 images; 1 image left out of each epoch, others each time: only whole batches are trained",
        "100000 | 64 | 1562 | 2 | 2 epochs of 1,562 batches of 64 images; 32 images left out of each epoch, others each time: only whole batches are trained",
        "3 | 1 | 3 | 1 | 1 epoch of 3 batches of 1 image",
      })
  void startSaysWhatAnEpochIs(int images, int batchSize, int batches, int epochs, String line) {
    assertThat(started(images, batchSize, batches, epochs, OptionalDouble.empty()))
        .containsExactly(
            "%,d training images and 1 test image in 2 classes; 1,234 parameters".formatted(images),
            line,
            "fast");
  }

  @ParameterizedTest
  @CsvSource({"1, 1 minute", "10, 10 minutes", "0.5, 0.5 minutes", "1e3, 1000 minutes"})
  void startSaysHowLongItTakes(double minutes, String words) {
    assertThat(started(64, 8, 8, 1, OptionalDouble.of(minutes)))
        .contains(words + " in epochs of 8 batches of 8 images");
  }

  private static List<String> started(
      int images, int batchSize, int batches, int epochs, OptionalDouble minutes) {
    BatchPlan plan = BatchPlan.of(batches, Math.min(batchSize, images));
    return started(
        new RunListener.Start(
            images, 1, 2, 1234, epochs, plan, batchSize, 0, "fast", minutes, Measure.TOP1));
  }

  /** Sizes change in the first epoch, from 32 to 8 images or before its first batch. */
  @Test
  void batchesOfSeveralSizesAreCounted() {
    BatchPlan growing = new BatchPlan(List.of(new BatchPlan.Run(1, 32), new BatchPlan.Run(11, 8)));
    assertThat(started(start(growing, 32, 0))).contains("3 epochs of 12 batches of 8 to 32 images");
    assertThat(started(start(BatchPlan.of(3, 32), 16, 0)))
        .contains(
            "3 epochs of 3 batches of 32 images; 24 images left out of each epoch, others each"
                + " time: only whole batches are trained");
  }

  @Test
  void resumeSaysWhere() {
    BatchPlan plan = BatchPlan.of(15, 8);
    assertThat(started(start(plan, 8, 2))).endsWith("resumed in epoch 3");
    assertThat(started(start(plan, 8, 3))).endsWith("resumed after the last epoch");
  }

  private static RunListener.Start start(BatchPlan plan, int batchSize, int firstEpoch) {
    return new RunListener.Start(
        120,
        1,
        2,
        1234,
        3,
        plan,
        batchSize,
        firstEpoch,
        "fast",
        OptionalDouble.empty(),
        Measure.TOP1);
  }

  private static List<String> started(RunListener.Start start) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ConsoleProgress progress =
        new ConsoleProgress(new PrintStream(out, true, StandardCharsets.UTF_8))) {
      progress.onStart(start);
    }
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void endSaysWhereTheReportIsAndWhatComesNext(@TempDir Path folder) throws IOException {
    Path model = folder.resolve("model.zip");
    EpochMetrics best =
        new EpochMetrics(2, 9, 0.1, 1.0, 1.2, 0.5, 0.9, 0.5, null, null, null, null, 10, 7);
    RunResult done =
        new RunResult(
            folder,
            model,
            folder,
            0.5,
            0.4,
            Optional.of(best),
            2,
            3,
            7,
            1234,
            0,
            RunResult.State.DONE,
            false);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ConsoleProgress progress =
        new ConsoleProgress(new PrintStream(out, true, StandardCharsets.UTF_8))) {
      progress.summary(done);
      Files.createFile(folder.resolve("report.html"));
      progress.summary(done);
    }
    String line = "done in 7 s: top-1 50.00 % (epoch 2), " + model;
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            line,
            line,
            folder.resolve("report.html") + " shows the run; next: repvgg-deploy convert " + model);
  }
}
