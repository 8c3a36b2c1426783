package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.NoUsableImagesException;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where all images of a part are bad, and where one is bad in the middle of a run. */
class UnusableImagesTest {

  @TempDir Path temp;
  private Path images;
  private Path run;

  @BeforeEach
  void write() throws IOException {
    images = temp.resolve("images");
    run = temp.resolve("run");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
  }

  private TrainConfig config(String onBadImage, String more) {
    return config(onBadImage, more, 8);
  }

  private TrainConfig config(String onBadImage, String more, int batchSize) {
    String yaml =
        SmallRuns.yaml(images)
            .replace("data:\n", "data:\n  onBadImage: " + onBadImage + "\n")
            .replace("depths:", "block: plain\n  depths:")
            .replace("batchSize: 8", "batchSize: " + batchSize)
            .replace("  mixup: 0.2", more);
    return ConfigFiles.parse("job.yaml", yaml).withFolder(run);
  }

  /** Cut off, as long as before. */
  private static byte[] spoil(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, new byte[whole.length]);
    return whole;
  }

  private void spoilAll(String part) throws IOException {
    try (Stream<Path> files = Files.walk(images.resolve(part))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        spoil(file);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  whitening: {patch: 2}", "  balance: sampling", "  minutes: 0.1"})
  void aRunThatCanLearnFromNothingIsNoRun(String more) throws IOException {
    spoilAll("train");
    assertThatThrownBy(() -> Training.run(config("skip", more), RunListener.SILENT))
        .isInstanceOf(NoUsableImagesException.class)
        .hasMessage("no training image could be used");
    assertThat(run.resolve("model.zip")).doesNotExist();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void noRateIsFoundWithoutImages() throws IOException {
    spoilAll("train");
    RateFinder.Range range = new RateFinder.Range(1e-4, 1, 20);
    assertThatThrownBy(() -> RateFinder.run(config("skip", ""), range, temp.resolve("r.png")))
        .hasMessage("no training image could be used");
  }

  /** The clock is a minute further each time that it is read, so that each epoch is a long one. */
  @Test
  void aTestThatFailsTakesNoLongEpochWithIt() throws IOException {
    TrainConfig config = config("fail", "");
    Training.run(config.withFolder(temp.resolve("whole")), RunListener.SILENT);
    Path bad = images.resolve("test/dots/0001.png");
    byte[] content = spoil(bad);
    AtomicLong minutes = new AtomicLong();
    RunOptions slow =
        new RunOptions(
            StartMode.NEW,
            () -> false,
            List.of(),
            List.of(),
            () -> TimeUnit.MINUTES.toNanos(minutes.incrementAndGet()));
    assertThatThrownBy(() -> Training.run(config, slow, RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0001.png");
    Files.write(bad, content);
    List<Integer> epochs = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void onBatch(int epoch, int batch, double loss) {
            epochs.add(epoch);
          }
        };
    Training.run(config, RunOptions.of(StartMode.RESUME), listener);
    assertThat(epochs).doesNotContain(0).contains(1, 2);
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(temp.resolve("whole")));
  }

  /** It was met at the end: what was trained before is not lost, whatever becomes of the image. */
  @Test
  void aRunThatABadImageEndedGoesOnWithoutIt() throws IOException {
    spoil(images.resolve("test/dots/0001.png"));
    String late = "  evaluateEvery: 100";
    Training.run(config("skip", late).withFolder(temp.resolve("whole")), RunListener.SILENT);
    List<String> notes = new ArrayList<>();
    RunOptions start = RunOptions.of(StartMode.NEW);
    assertThatThrownBy(() -> Training.run(config("fail", late), start, SmallRuns.noting(notes)))
        .hasMessageContaining("0001.png");
    assertThat(notes).contains("with data.onBadImage: skip, --resume goes on without such images");
    assertThat(Files.readString(run.resolve("run.log")))
        .contains("ended by an error: ", "0001.png");
    RunResult result =
        Training.run(config("skip", late), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(result.badImages()).isEqualTo(1);
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(temp.resolve("whole")));
  }

  /** Batches of which no image can be used are no updates. */
  @ParameterizedTest
  @ValueSource(strings = {"", "  minutes: 0.05\n  progressive: [{untilEpoch: 2, side: 8}]"})
  void aRunGoesOnBehindBatchesThatWereNoUpdates(String more) throws IOException {
    try (Stream<Path> files = Files.list(images.resolve("train"))) {
      for (Path folder : files.toList()) {
        for (String name : List.of("0000.png", "0001.png", "0002.png")) {
          spoil(folder.resolve(name));
        }
      }
    }
    TrainConfig config = config("skip", more, 1);
    Training.run(config.withFolder(temp.resolve("whole")), RunListener.SILENT);
    Training.run(config, SmallRuns.stopAfter(6, StartMode.NEW), RunListener.SILENT);
    for (int part = 0; part < 3; part++) {
      Training.run(config, SmallRuns.stopAfter(30, StartMode.RESUME), RunListener.SILENT);
    }
    RunResult last = Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(last.state()).isEqualTo(RunResult.State.DONE);
    if (more.isEmpty()) { // else its length is the clock's
      assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(temp.resolve("whole")));
      assertThat(SmallRuns.result(run).path("badImages").size()).isEqualTo(30);
      assertThat(last.badImages()).isEqualTo(30);
    }
  }

  /** Of a run that was over, all that it had left out. */
  @Test
  void resultKeepsWhatWasLeftOutBefore() throws IOException {
    spoil(images.resolve("train/dots/0001.png"));
    spoil(images.resolve("test/ring/0001.png"));
    RunResult once = Training.run(config("skip", ""), RunListener.SILENT);
    assertThat(once.badImages()).isEqualTo(2);
    RunResult again =
        Training.run(config("skip", ""), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(again.badImages()).isEqualTo(2);
    assertThat(SmallRuns.result(run).path("badImages").fieldNames())
        .toIterable()
        .containsExactly("test/ring/0001.png", "train/dots/0001.png");
    for (JsonNode row : SmallRuns.result(run).path("classes")) {
      String label = row.path("class").asText();
      assertThat(row.path("trainImages").asInt()).isEqualTo(label.equals("dots") ? 3 : 4);
      assertThat(row.path("testImages").asInt()).isEqualTo(label.equals("ring") ? 1 : 2);
    }
  }

  @Test
  void imagesKeptForTheEndThatAreAllBadTakeNoResultWithThem() throws IOException {
    Files.move(images.resolve("test"), images.resolve("val"));
    GeneratedImages.write(temp.resolve("more"), new GeneratedImages.Options(1, 2, 16, 2));
    Files.move(temp.resolve("more/test"), images.resolve("test"));
    spoilAll("test");
    List<String> notes = new ArrayList<>();
    RunListener listener = SmallRuns.noting(notes);
    assertThat(Training.run(config("skip", ""), listener).state()).isEqualTo(RunResult.State.DONE);
    assertThat(notes).contains("test, kept for the end, says nothing: no test image could be used");
    assertThat(SmallRuns.result(run).has("top1")).isTrue();
    assertThat(SmallRuns.result(run).has("finalTop1")).isFalse();
    assertThat(run.resolve("report.html")).exists();
  }
}
