package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user has is never lost or mixed with something else, whatever goes wrong. */
class LostWorkTest {

  @TempDir Path temp;
  private Path images;
  private Path run;

  @BeforeEach
  void generate() throws IOException {
    images = temp.resolve("my images");
    run = temp.resolve("run");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
    Files.delete(images.resolve(".generated")); // now they are anybody's
  }

  @Test
  void dataOptionStandsInForGeneratedImagesAltogether() throws IOException {
    Path job = Files.writeString(temp.resolve("job.yaml"), ConfigFiles.write(generating()));
    Map<String, String> before = hashes(images);
    assertThat(train(job.toString(), "--data", images.toString())).isZero();
    assertThat(hashes(images)).isEqualTo(before);
    assertThat(run.resolve("images")).doesNotExist();
    assertThat(ConfigFiles.read(run.resolve("config.yaml")).data().generated()).isNull();
  }

  @Test
  void imagesThatWereNotGeneratedAreNeverWrittenOver() throws IOException {
    TrainConfig config = generating();
    config = config.withData(config.data().withPath(images.toString()));
    Map<String, String> before = hashes(images);
    TrainConfig mixed = config;
    assertThatThrownBy(() -> Training.run(mixed, RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(images + ": holds ")
        .hasMessageContaining("which was not generated");
    assertThat(hashes(images)).isEqualTo(before);
    assertThat(run).doesNotExist();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void generationIsStoppedAtOnceAndWhatItLeavesIsRemovedByTheNext() throws Exception {
    String yaml =
        ConfigFiles.write(generating()).replace("trainPerClass: 4", "trainPerClass: 90000");
    Path job = Files.writeString(temp.resolve("job.yaml"), yaml);
    Process process =
        JavaProcess.of(TrainMain.class).start(temp.resolve("out.txt"), job.toString());
    try {
      while (process.isAlive() && leftovers().isEmpty()) {
        Thread.sleep(20);
      }
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue(); // a run in training gets 60
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(temp.resolve("out.txt"))
        .content()
        .contains("before the first batch; nothing is lost");
    assertThat(leftovers()).hasSize(1);
    GeneratedImages.write(run.resolve("other"), new GeneratedImages.Options(1, 1, 16, 1));
    assertThat(leftovers()).isEmpty();
  }

  private List<Path> leftovers() throws IOException {
    if (!Files.exists(run)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(run)) {
      return files.filter(f -> f.getFileName().toString().startsWith(".generating-")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "test/run", "train/ring/run", "../my images/test", "link/a/b"})
  void runDoesNotWriteAmongTheImages(String place) throws IOException {
    Files.createSymbolicLink(images.resolve("link"), images.resolve("train/dots"));
    Map<String, String> before = hashes(images);
    Path among = images.resolve(place);
    assertThatThrownBy(() -> Training.run(own().withFolder(among), RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(among + ": lies in " + images.toRealPath())
        .hasMessageContaining("taken for classes and images; write to a folder outside it");
    assertThat(hashes(images)).isEqualTo(before);
  }

  @Test
  void runIsNoClassOfOneFolderOfClassesButMayLieBesideItsParts() throws IOException {
    Path classes = images.resolve("train");
    String yaml =
        SmallRuns.YAML.replaceFirst("generated: .*", "path: " + classes + "\n  split: {test: 0.5}");
    TrainConfig one = ConfigFiles.parse("split.yaml", yaml);
    assertThatThrownBy(
            () -> Training.run(one.withFolder(classes.resolve("run")), RunListener.SILENT))
        .hasMessageContaining("lies in " + classes.toRealPath());
    Path beside = images.resolve("run"); // a project's folder with train/, test/ and runs
    assertThat(Training.run(own().withFolder(beside), RunListener.SILENT).state())
        .isEqualTo(RunResult.State.DONE);
    RunOptions again = RunOptions.of(StartMode.OVERWRITE);
    assertThat(Training.run(own().withFolder(beside), again, RunListener.SILENT).state())
        .isEqualTo(RunResult.State.DONE);
  }

  @Test
  void generatedSetWithOnesOwnImagesAmongItIsRefused() throws IOException {
    Path set = temp.resolve("set");
    GeneratedImages.Options options = new GeneratedImages.Options(2, 1, 16, 1);
    GeneratedImages.write(set, options);
    Path own = Files.writeString(set.resolve("train/ring/mine.png"), "mine");
    for (GeneratedImages.Options wanted :
        new GeneratedImages.Options[] {options, new GeneratedImages.Options(3, 1, 16, 1)}) {
      assertThatThrownBy(() -> GeneratedImages.write(set, wanted))
          .hasMessageContaining("holds train/ring/mine.png, which was not generated");
    }
    assertThat(own).hasContent("mine");
  }

  @Test
  void generatedSetIsMendedAndReplacedAsAWhole() throws IOException {
    Path set = temp.resolve("set");
    GeneratedImages.write(set, new GeneratedImages.Options(3, 1, 16, 1));
    try (ImageData data = ImageData.open(set)) {
      assertThat(data.notes()).isEmpty();
    }
    Map<String, String> first = hashes(set);
    Files.delete(set.resolve("test/dots/0000.png"));
    GeneratedImages.write(set, new GeneratedImages.Options(3, 1, 16, 1));
    assertThat(hashes(set)).isEqualTo(first);
    GeneratedImages.write(set, new GeneratedImages.Options(2, 1, 16, 1));
    assertThat(set.resolve("train/ring/0002.png")).doesNotExist();
    try (Stream<Path> rest = Files.list(temp)) {
      assertThat(rest).noneMatch(file -> file.getFileName().toString().startsWith(".gen"));
    }
  }

  @Test
  void failedOverwriteLeavesTheEarlierRunWhole() throws IOException {
    Training.run(own(), RunListener.SILENT);
    Map<String, String> earlier = hashes(run);

    Path oneClass = Files.createDirectories(temp.resolve("one"));
    for (String split : new String[] {"train", "test"}) {
      Path target = Files.createDirectories(oneClass.resolve(split).resolve("dots"));
      Files.copy(images.resolve(split + "/dots/0000.png"), target.resolve("0.png"));
    }
    refused(own().withData(own().data().withPath(oneClass.toString())));
    refused(own().withData(own().data().withPath(temp.resolve("nowhere").toString())));
    refused(own().withTraining(TrainingConfig.of(5, 8, 1e30, 1))); // diverges in epoch 1
    Files.writeString(images.resolve("train/dots/0001.png"), "no image");
    refused(own());
    assertThat(hashes(run)).isEqualTo(earlier);
  }

  private void refused(TrainConfig config) {
    assertThatThrownBy(
            () -> Training.run(config, RunOptions.of(StartMode.OVERWRITE), RunListener.SILENT))
        .isInstanceOf(Exception.class);
  }

  /** The last update of epoch 2 is a step to infinity, after a loss that is still a number. */
  @Test
  void anEpochThatDivergesAtItsEndDoesNotReplaceTheBestModel() throws IOException {
    int batches = 5;
    String yaml =
        SmallRuns.yaml(images)
            .replace(
                "emaDecay: 0.9",
                "schedule: {type: step, everyIterations: "
                    + (2 * batches - 1)
                    + ", gamma: 1.0e+30}");
    TrainConfig bursting = ConfigFiles.parse("job.yaml", yaml).withFolder(run);
    List<EpochMetrics> epochs = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void onEpoch(EpochMetrics metrics) {
            epochs.add(metrics);
          }
        };
    assertThatThrownBy(() -> Training.run(bursting, RunOptions.NEW, listener))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("the network answers NaN to test images");
    assertThat(epochs).hasSize(1);
    ComputationGraph kept = (ComputationGraph) ModelZip.load(run.resolve("model.zip")).network();
    assertThat(kept.params().sumNumber().doubleValue()).isFinite();
  }

  @Test
  void overwriteThatIsStoppedAtOnceKeepsTheEarlierRunAndCanGoOn() throws IOException {
    Training.run(own(), RunListener.SILENT);
    Map<String, String> earlier = hashes(run);
    TrainConfig longer = own().withTraining(TrainingConfig.of(4, 8, 0.05, 7));
    RunResult stopped =
        Training.run(longer, SmallRuns.stopAfter(2, StartMode.OVERWRITE), RunListener.SILENT);
    assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
    assertThat(stopped.replacing()).isTrue();
    assertThat(hashes(run)).isEqualTo(earlier);
    assertThat(Training.isUnfinished(longer)).isTrue();
    assertThat(Training.isUnfinished(own())).isFalse();

    Training.run(longer, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    Path whole = temp.resolve("whole");
    Training.run(longer.withFolder(whole), RunListener.SILENT);
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(whole));
    assertThat(run.resolve(".new")).doesNotExist();
    assertThat(run.resolve(".replacing")).doesNotExist();
    assertThat(Files.readString(run.resolve("run.log"))).contains("resumed").contains("epoch 4");
  }

  @Test
  void replacedRunLeavesNothingOfTheEarlierOne() throws IOException {
    Training.run(own(), RunListener.SILENT); // keeps an average, hence model-raw.zip
    assertThat(run.resolve("model-raw.zip")).exists();
    Files.writeString(run.resolve("notes.txt"), "mine");
    Files.writeString(run.resolve("fast.zip"), "of the earlier run");
    TrainConfig other = own().withTraining(TrainingConfig.of(1, 8, 0.05, 7));
    Training.run(other, RunOptions.of(StartMode.OVERWRITE), RunListener.SILENT);
    assertThat(run.resolve("fast.zip")).hasContent("of the earlier run");
    assertThat(Files.readString(run.resolve("run.log")))
        .contains("fast.zip: is of the run that was replaced; convert again");
    assertThat(run.resolve("model-raw.zip")).doesNotExist();
    assertThat(SmallRuns.metrics(run)).hasSize(1);
    assertThat(run.resolve("notes.txt")).hasContent("mine");
    try (Stream<Path> checkpoints = Files.list(run.resolve("checkpoints"))) {
      assertThat(checkpoints).hasSize(1);
    }
  }

  @Test
  void resumeIsRefusedWhenAClassIsRenamed() throws IOException {
    stopAfterOneEpoch();
    for (String split : new String[] {"train", "test"}) {
      Files.move(images.resolve(split + "/checkers"), images.resolve(split + "/zebra"));
    }
    resumeRefused("class checkers is now called zebra");
  }

  @Test
  void resumeIsRefusedWhenImagesAreGoneOrNewOrRenamed() throws IOException {
    stopAfterOneEpoch();
    Path image = images.resolve("train/ring/0001.png");
    Path away = Files.move(image, temp.resolve("away.png"));
    resumeRefused("train/ring holds 3 images, it held 4");
    Files.copy(away, image);
    Files.copy(away, images.resolve("test/ring/0009.png"));
    resumeRefused("test/ring holds 3 images, it held 2");
    Files.delete(images.resolve("test/ring/0009.png"));
    Files.move(image, images.resolve("train/ring/0009.png"));
    resumeRefused("train/ring holds images of other names or sizes");
    Path larger = temp.resolve("larger");
    GeneratedImages.write(larger, new GeneratedImages.Options(1, 1, 24, 1));
    Files.copy(larger.resolve("train/dots/0000.png"), image); // another image by the same name
    Files.delete(images.resolve("train/ring/0009.png"));
    resumeRefused("train/ring holds images of other names or sizes");
  }

  @Test
  void resumeIsRefusedWhenAClassIsNewOrGone() throws IOException {
    stopAfterOneEpoch();
    for (String split : new String[] {"train", "test"}) {
      Files.createDirectories(images.resolve(split + "/ant"));
      Files.copy(images.resolve(split + "/ring/0000.png"), images.resolve(split + "/ant/0.png"));
    }
    resumeRefused("class ant is new");
  }

  @Test
  void resumeWithAnotherConfigurationSaysWhatChanged() throws IOException {
    stopAfterOneEpoch();
    TrainConfig other =
        own()
            .withTraining(TrainingConfig.of(3, 8, 0.07, 1))
            .withData(own().data().withThreads(1)); // which may change
    assertThatThrownBy(
            () -> Training.run(other, RunOptions.of(StartMode.RESUME), RunListener.SILENT))
        .hasMessageContaining(
            "was written with another configuration (training.learningRate is 0.07, it was 0.05; ")
        .hasMessageContaining(" more); resume with that run's config.yaml, or start anew")
        .message()
        .hasLineCount(1)
        .doesNotContain("threads");
  }

  @Test
  void reportThatCannotBeWrittenTakesNothingFromTheRun() throws IOException {
    Path report = run.resolve("report.html");
    RunListener inTheWay =
        new RunListener() {
          @Override
          public void onEpoch(EpochMetrics metrics) {
            try {
              Files.createDirectories(report.resolve("full"));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    assertThat(Training.run(own(), RunOptions.NEW, inTheWay).state())
        .isEqualTo(RunResult.State.DONE);
    assertThat(run.resolve("result.json")).exists();
    assertThat(run.resolve("run.log")).content().contains("report.html was not written: ");
  }

  @Test
  void finishedRunIsNotReportedForOtherImages() throws IOException {
    Training.run(own(), RunListener.SILENT);
    Files.delete(images.resolve("train/ring/0001.png"));
    resumeRefused("train/ring holds 3 images, it held 4");
  }

  private void resumeRefused(String change) {
    assertThatThrownBy(
            () -> Training.run(own(), RunOptions.of(StartMode.RESUME), RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(run + ": the images are not those that the run began with: " + change)
        .hasMessageContaining("--overwrite");
  }

  @Test
  void imagesMayLieElsewhereWhenARunGoesOn() throws IOException {
    stopAfterOneEpoch();
    Path moved = Files.move(images, temp.resolve("moved"));
    TrainConfig config = own().withData(own().data().withPath(moved.toString()));
    RunResult result = Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(result.state()).isEqualTo(RunResult.State.DONE);
  }

  /** Killed when it had a model and a checkpoint, before it could take the earlier run's place. */
  @Test
  void runThatDiedBeforeItReplacedAnotherDoesSoWhenItGoesOn() throws IOException {
    Training.run(own(), RunListener.SILENT);
    String yaml = SmallRuns.yaml(images).replace("epochs: 3", "epochs: 1\n  seed: 9");
    TrainConfig later = ConfigFiles.parse("later.yaml", yaml);
    Path whole = temp.resolve("whole");
    Training.run(later.withFolder(whole), RunListener.SILENT);
    Path waiting = Files.createDirectory(run.resolve(".new"));
    Files.move(whole.resolve("checkpoints"), waiting.resolve("checkpoints"));
    for (String name : List.of("config.yaml", "data.json", "model.zip", "metrics.jsonl")) {
      Files.copy(whole.resolve(name), waiting.resolve(name));
    }
    RunResult result =
        Training.run(later.withFolder(run), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(result.state()).isEqualTo(RunResult.State.DONE);
    assertThat(result.replacing()).isFalse();
    assertThat(result.model()).isEqualTo(run.resolve("model.zip"));
    assertThat(run.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(whole));
    assertThat(run.resolve(".new")).doesNotExist();
  }

  @Test
  void whatChangesNoWeightsMayChangeWhenARunGoesOn() throws IOException {
    stopAfterOneEpoch();
    String yaml =
        SmallRuns.yaml(images)
            .replace("data:\n", "data:\n  cacheMiB: 1\n")
            .replace("training:\n", "training:\n  keepCheckpoints: 1\n  checkpointMinutes: 0\n");
    TrainConfig config = ConfigFiles.parse("small.yaml", yaml).withFolder(run);
    RunResult result = Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(result.state()).isEqualTo(RunResult.State.DONE);
    Path whole = temp.resolve("whole");
    Training.run(own().withFolder(whole), RunListener.SILENT);
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(whole));
  }

  @Test
  void stoppedRunSaysSoToItsCaller() throws IOException {
    RunResult stopped =
        Training.run(own(), SmallRuns.stopAfter(2, StartMode.NEW), RunListener.SILENT);
    assertThat(stopped.state()).isEqualTo(RunResult.State.STOPPED);
    assertThat(stopped.replacing()).isFalse();
    assertThat(Training.isUnfinished(own())).isTrue();
  }

  @Test
  void imagesGeneratedForAnotherJobDoNotTouchTheEarlierRunsOwn() throws IOException {
    Training.run(generating(), RunListener.SILENT);
    Map<String, String> earlier = hashes(run.resolve("images"));
    String yaml = SmallRuns.YAML.replace("trainPerClass: 4", "trainPerClass: 5");
    TrainConfig other = ConfigFiles.parse("other.yaml", yaml).withFolder(run);
    Training.run(other, RunOptions.of(StartMode.OVERWRITE), RunListener.SILENT);
    assertThat(hashes(run.resolve("images"))).isEqualTo(earlier);
    assertThat(ConfigFiles.read(run.resolve("config.yaml")).data().path()).contains("images-");
  }

  private void stopAfterOneEpoch() throws IOException {
    Training.run(own(), SmallRuns.stopAfter(6, StartMode.NEW), RunListener.SILENT);
  }

  private TrainConfig generating() {
    return SmallRuns.config(run);
  }

  private TrainConfig own() {
    return ConfigFiles.parse("small.yaml", SmallRuns.yaml(images)).withFolder(run);
  }

  private static int train(String... arguments) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return TrainMain.run(arguments, nowhere, nowhere);
  }

  private static Map<String, String> hashes(Path folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.startsWith(".")) {
          hashes.put(name, Sha256.of(file));
        }
      }
    }
    return hashes;
  }
}
