package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.set.GeneratedImages;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {

  @TempDir Path temp;

  @Test
  void sheetHasARowForEachAugmentationAndEachOperation() throws IOException {
    String augment =
        "augment: {crop: padded, flip: random, policy: autoaugment-cifar, cutout: 4, erasing: {},"
            + " colourJitter: {hue: 0.2}}";
    Path job = temp.resolve("job.yaml");
    String yaml =
        SmallRuns.YAML.replaceAll("augment: .*", augment).replaceAll("output:[^:]*:.*", "");
    assertThat(yaml).doesNotContain("output");
    Files.writeString(job, yaml); // a picture needs no run's folder
    Path sheet = temp.resolve("sheet.png");
    assertThat(TrainMain.run("contact-sheet", job.toString(), "-o", sheet.toString())).isZero();
    BufferedImage picture = ImageIO.read(sheet.toFile());
    int rows = 1 + 6 + 3 + 15;
    assertThat(picture.getHeight()).isEqualTo(rows * 118 + 4);
    assertThat(picture.getWidth()).isEqualTo(1004);
  }

  @Test
  void badImagesAreSkippedWhereTheJobSkipsThem() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(1, 1, 16, 1));
    Files.write(images.resolve("train/ring/0000.png"), new byte[100]);
    Path job = temp.resolve("job.yaml");
    Path sheet = temp.resolve("sheet.png");
    Files.writeString(job, SmallRuns.yaml(images));
    assertThat(run(job, sheet)).isEqualTo(1);
    Files.writeString(
        job, SmallRuns.yaml(images).replace("data:\n", "data:\n  onBadImage: skip\n"));
    assertThat(run(job, sheet)).isZero();
    assertThat(sheet).exists();
  }

  @Test
  void sheetTakesThePlaceOfNoJobAndLiesAmongNoImages() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(1, 1, 16, 1));
    Path job = SmallRuns.file(temp.resolve("job.yaml"), temp.resolve("run"));
    String yaml = Files.readString(job);
    assertThat(run(job, job)).isEqualTo(2);
    assertThat(job).hasContent(yaml);
    Path among = images.resolve("train/ring/sheet.png");
    assertThat(run(job, among, "--data", images.toString())).isEqualTo(1);
    assertThat(among).doesNotExist();
  }

  private static int run(Path job, Path sheet, String... more) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("contact-sheet", job.toString(), "-o", sheet.toString()));
    all.addAll(List.of(more));
    return TrainMain.run(all.toArray(new String[0]));
  }
}
