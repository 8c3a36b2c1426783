package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.RunFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not ours and not right ends in one line and leaves earlier results alone. */
class BadInputTest {

  @TempDir Path temp;
  private Path images;
  private Path run;

  @BeforeEach
  void images() throws IOException {
    images = temp.resolve("images");
    run = temp.resolve("run");
    GeneratedImages.write(images, new GeneratedImages.Options(2, 1, 16, 1));
  }

  @Test
  void cutOffImageIsNamedAndNothingIsLeftBehind() throws IOException {
    Path bad = images.resolve("train/ring/0001.png");
    Files.write(bad, Arrays.copyOf(Files.readAllBytes(bad), 100));
    assertThatThrownBy(() -> Training.run(config(), RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("0001.png: cut off");
    assertThat(run.resolve("model.zip")).doesNotExist();
  }

  @Test
  void badImagesAreLeftOutNamedAndCountedWhenAllowed() throws IOException {
    Path bad = images.resolve("train/ring/0001.png");
    Files.write(bad, Arrays.copyOf(Files.readAllBytes(bad), 100));
    Files.writeString(images.resolve("test/dots/notes.jpg"), "not an image");
    Files.writeString(images.resolve("test/dots/notes.txt"), "no image by its name either");
    TrainConfig config = config();
    RunResult result =
        Training.run(
            config.withData(config.data().withOnBadImage(BadImages.Policy.SKIP)),
            RunListener.SILENT);
    assertThat(result.badImages()).isEqualTo(2);
    assertThat(SmallRuns.result(run).path("badImages").fieldNames())
        .toIterable()
        .containsExactly("test/dots/notes.jpg", "train/ring/0001.png");
    assertThat(Files.readString(run.resolve("run.log"))).contains("left out").contains("0001.png");
  }

  @Test
  void imageThatVanishesEndsTheRunInOneLineAndResumeGoesOnWhenItIsBack() throws IOException {
    String yaml = SmallRuns.YAML.replace("threads: 2", "threads: 2\n  cacheMiB: 0");
    TrainConfig config = ConfigFiles.parse("small.yaml", yaml);
    Path whole = temp.resolve("whole");
    Training.run(config.withFolder(whole), RunListener.SILENT);

    Path image = run.resolve("images/train/ring/0001.png");
    Path away = temp.resolve("away.png");
    assertThatThrownBy(() -> Training.run(config.withFolder(run), movingAfterOneEpoch(image, away)))
        .isInstanceOf(IOException.class)
        .hasMessage(image + ": no such file");
    assertThat(run.resolve("result.json")).doesNotExist();
    assertThat(SmallRuns.metrics(run)).hasSize(1);

    Files.move(away, image);
    Training.run(
        config.withFolder(run), RunOptions.of(RunFolder.StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(run)).isEqualTo(SmallRuns.metrics(whole));
  }

  private static RunListener movingAfterOneEpoch(Path image, Path away) {
    return new RunListener() {
      @Override
      public void onEpoch(EpochMetrics metrics) {
        try {
          Files.move(image, away);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void imagesOfEveryFormatAndShapeTrainGreyAndColourNetworks(int channels) throws IOException {
    BufferedImage picture = ImageIO.read(images.resolve("train/ring/0001.png").toFile());
    for (String format : List.of("gif", "tiff", "bmp")) {
      ImageIO.write(picture, format, images.resolve("train/ring/a." + format).toFile());
    }
    BufferedImage thin = new BufferedImage(1, 60_000, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(thin, "png", images.resolve("train/ring/thin.png").toFile());
    ImageIO.write(thin, "png", images.resolve("test/ring/thin.png").toFile());
    TrainConfig small =
        ConfigFiles.parse("a", SmallRuns.YAML.replace("[3, 16", "[" + channels + ", 16"));
    TrainConfig config = small.withFolder(run).withData(DataConfig.of(images.toString()));
    assertThat(Training.run(config, RunListener.SILENT).badImages()).isZero();
    assertThat(ModelZip.load(run.resolve("model.zip")).metadata().preprocessing().orElseThrow())
        .isEqualTo(
            (channels == 1 ? Preprocessing.IMAGENET_GREY : Preprocessing.IMAGENET)
                .withCropFraction(1));
  }

  @Test
  void emptyClassFolderIsNamed() throws IOException {
    Files.createDirectories(images.resolve("train/zebra"));
    Files.createDirectories(images.resolve("test/zebra"));
    assertThatThrownBy(() -> Training.run(config(), RunListener.SILENT))
        .hasMessageContaining("train/zebra is empty");
    assertThat(run).doesNotExist();
  }

  @Test
  void oneClassIsRefusedInOneLine() throws IOException {
    Path one = temp.resolve("one");
    for (String split : new String[] {"train", "test"}) {
      Files.createDirectories(one.resolve(split));
      Files.move(images.resolve(split + "/ring"), one.resolve(split + "/ring"));
    }
    TrainConfig config = config().withData(DataConfig.of(one.toString()));
    assertThatThrownBy(() -> Training.run(config, RunListener.SILENT))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "data.path: holds images of one class only; a classifier needs at least two, one folder"
                + " a class in train/");
    assertThat(run).doesNotExist();
  }

  @Test
  void otherTestClassesAreNamed() throws IOException {
    Files.move(images.resolve("test/ring"), images.resolve("test/rings"));
    assertThatThrownBy(() -> Training.run(config(), RunListener.SILENT))
        .hasMessageContaining("only in train: [ring], only in test: [rings]");
  }

  @Test
  void divergenceNamesIterationAndRemedy() {
    TrainConfig config = config();
    assertThatThrownBy(
            () ->
                Training.run(
                    config.withTraining(TrainingConfig.of(5, 8, 1e30, 1)), RunListener.SILENT))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("diverged at iteration")
        .hasMessageContaining("lower training.learningRate");
  }

  @Test
  void earlierResultsAreNotOverwrittenUnasked() throws IOException {
    Files.createDirectories(run);
    Files.writeString(run.resolve("model.zip"), "precious");
    Files.writeString(
        run.resolve("config.yaml"),
        "# Written by a run of repvgg4j: the whole configuration with all defaults.\n");
    assertThatThrownBy(() -> Training.run(config(), RunListener.SILENT))
        .hasMessageContaining("holds a run already")
        .hasMessageContaining("--overwrite");
    assertThat(run.resolve("model.zip")).hasContent("precious");
  }

  @Test
  void folderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    TrainConfig config = config().withFolder(file.resolve("run"));
    assertThatThrownBy(() -> Training.run(config, RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be written");
  }

  @Test
  void checkpointThatCannotBeWrittenEndsTheRunInOneLine() throws IOException {
    Files.createDirectories(run);
    Files.writeString(run.resolve("checkpoints"), "in the way");
    assertThatThrownBy(() -> Training.run(config(), RunListener.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be written");
  }

  @Test
  void programEndsWithOneAndOneLineForBadInput() throws IOException {
    Output missing = train("no-such.yaml");
    assertThat(missing.code).isEqualTo(1);
    assertThat(missing.err).isEqualTo("error: no-such.yaml: no such file\n");
    Path bad = Files.writeString(temp.resolve("bad.yaml"), SmallRuns.YAML + "extra: 1\n");
    Output unknown = train(bad.toString());
    assertThat(unknown.code).isEqualTo(1);
    assertThat(unknown.err).startsWith("error: " + bad + ": extra: unknown key").hasLineCount(1);
  }

  @Test
  void programEndsWithTwoForWrongUsage() {
    Output nonsense = train("--nonsense");
    assertThat(nonsense.code).isEqualTo(2);
    assertThat(nonsense.err)
        .isEqualTo("error: Unknown option: '--nonsense' (see 'repvgg-train --help')\n");
    assertThat(train("--rezume").err).contains("did you mean --resume?").hasLineCount(1);
    assertThat(train("a.yaml", "--resume", "--overwrite").code).isEqualTo(2);
  }

  private record Output(int code, String err) {}

  private static Output train(String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        TrainMain.run(
            arguments,
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Output(code, err.toString(StandardCharsets.UTF_8));
  }

  private TrainConfig config() {
    TrainConfig small = SmallRuns.config(run);
    return small.withData(DataConfig.of(images.toString()));
  }
}
