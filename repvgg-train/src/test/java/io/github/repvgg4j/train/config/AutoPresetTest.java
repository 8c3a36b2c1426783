package io.github.repvgg4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.train.config.AugmentConfig.Crop;
import io.github.repvgg4j.train.config.AugmentConfig.Flip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoPresetTest {

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({
    "32, 50000, small-images",
    "48, 4999, small-images-few",
    "49, 4999, photos-few",
    "500, 5000, photos"
  })
  void sizeAndNumberChoose(int side, int count, String preset) {
    assertThat(AutoPreset.name(side, count)).isEqualTo(preset);
    assertThat(Presets.NAMES).contains(preset);
  }

  @Test
  void imagesAreLookedAtAndTheChoiceIsWrittenOut() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(2, 1, 60, 1));
    Path job = Files.writeString(temp.resolve("job.yaml"), yaml(images, "{epochs: 7}"));
    TrainConfig config = ConfigFiles.read(job);
    assertThat(config.preset()).isEqualTo("photos-few");
    assertThat(config.model().variant()).isEqualTo("A0");
    assertThat(config.training().epochs()).isEqualTo(7);
    assertThat(config.training().batchSize()).isEqualTo(32);
    String written = ConfigFiles.write(config);
    assertThat(written).contains("preset: photos-few");
    assertThat(ConfigFiles.parse("again.yaml", written)).isEqualTo(config);
  }

  @Test
  void tablesOfSeveralClassesAnImageAreRead() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(2, 1, 60, 1));
    Path table =
        Files.write(
            images.resolve("images.csv"),
            List.of(
                "path,label,split",
                "train/dots/0000.png,a|b,train",
                "train/ring/0000.png,,train",
                "test/dots/0000.png,b,test",
                "test/ring/0000.png,a,test"));
    for (String loss : List.of("sigmoid", "Sigmoid")) {
      String job = yaml(table, "{loss: " + loss + "}");
      TrainConfig config = ConfigFiles.read(Files.writeString(temp.resolve("job.yaml"), job));
      assertThat(config.preset()).isEqualTo("photos-few");
      assertThat(config.training().loss()).isEqualTo(Loss.SIGMOID);
    }
  }

  /** 144,000 images seen, the preset's epochs at least and a thousand at most. */
  @ParameterizedTest(name = "{0} images a class: {1} epochs")
  @CsvSource({"20, 720, 36", "50, 288, 14", "3, 1000, 50", "499, 100, 5"})
  void ofFewImagesThereAreMoreEpochs(int each, int epochs, int evaluateEvery) throws IOException {
    TrainConfig config = few(each, "");
    assertThat(config.preset()).isEqualTo("small-images-few");
    assertThat(config.training().epochs()).isEqualTo(epochs);
    assertThat(config.training().evaluateEvery()).isEqualTo(evaluateEvery);
    assertThat(ConfigFiles.parse("again.yaml", ConfigFiles.write(config))).isEqualTo(config);
  }

  @Test
  void whatTheFileSaysOfEpochsStaysAndFineTuningHasThePresets() throws IOException {
    assertThat(few(20, "training: {epochs: 9}\n").training().epochs()).isEqualTo(9);
    assertThat(few(20, "training: {evaluateEvery: 4}\n").training().evaluateEvery()).isEqualTo(4);
    assertThat(few(20, "training: {fineTune: {from: a.zip}}\n").training().epochs()).isEqualTo(100);
    assertThatThrownBy(() -> few(20, "training: 3\n"))
        .hasMessageContaining("job.yaml: training: must have keys below it");
  }

  private TrainConfig few(int each, String training) throws IOException {
    return ConfigFiles.read(
        Files.writeString(
            temp.resolve("job.yaml"),
            "preset: auto\ndata: {generated: {trainPerClass: "
                + each
                + ", testPerClass: 1, side: 32}}\noutput: {folder: run}\n"
                + training));
  }

  @Test
  void imagesOfTheCommandLineAreLookedAtInstead() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(2, 1, 32, 1));
    Path job = Files.writeString(temp.resolve("job.yaml"), yaml(temp.resolve("nowhere"), "{}"));
    Overrides here = new Overrides(Optional.of(images.toString()), Optional.of("here"));
    assertThat(ConfigFiles.read(job, here).preset()).isEqualTo("small-images-few");
    Path bare = Files.writeString(temp.resolve("bare.yaml"), "preset: auto\n");
    TrainConfig config = ConfigFiles.read(bare, here);
    assertThat(config.preset()).isEqualTo("small-images-few");
    assertThat(config.data().path()).isEqualTo(images.toString());
    assertThat(config.folder()).isEqualTo(Path.of("here"));
    assertThatThrownBy(() -> ConfigFiles.read(job))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("preset: auto looks at the images: ")
        .hasMessageContaining("nowhere");
  }

  @Test
  void withoutImagesToLookAtItIsRefused() throws IOException {
    assertThatThrownBy(() -> ConfigFiles.parse("job.yaml", yaml(temp, "{}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("job.yaml: preset: auto looks at the images on this machine");
    Path job = Files.writeString(temp.resolve("job.yaml"), "preset: auto\noutput: {folder: run}\n");
    assertThatThrownBy(() -> ConfigFiles.read(job))
        .hasMessageContaining("data: preset: auto looks at the images; give data:");
  }

  @Test
  void cropsAndFlipsAreOnUnlessSomethingElseIsSaid() {
    String start = "model: {variant: A0, input: [3, %d, %d]}\noutput: {folder: run}\n";
    AugmentConfig large = augment(start.replace("%d", "224"), "data: {path: a}");
    assertThat(large.crop()).isEqualTo(Crop.RESIZED);
    assertThat(large.flip()).isEqualTo(Flip.RANDOM);
    AugmentConfig small = augment(start.replace("%d", "32"), "data: {path: a}");
    assertThat(small.crop()).isEqualTo(Crop.PADDED);
    assertThat(small.padding()).isEqualTo(4);
    assertThat(small.flip()).isEqualTo(Flip.RANDOM);
    AugmentConfig none = augment(start.replace("%d", "32"), "data: {path: a, augment: {}}");
    assertThat(none).isEqualTo(AugmentConfig.NONE);
    AugmentConfig own = augment(start.replace("%d", "32"), "data: {path: a, augment: {cutout: 4}}");
    assertThat(own.crop()).isEqualTo(Crop.NONE);
    assertThat(own.flip()).isEqualTo(Flip.NONE);
  }

  private static AugmentConfig augment(String start, String data) {
    return ConfigFiles.parse("job.yaml", start + data + "\n").data().augment();
  }

  private static String yaml(Path images, String training) {
    return "preset: auto\ndata: {path: '"
        + images
        + "'}\ntraining: "
        + training
        + "\noutput: {folder: run}\n";
  }
}
