package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    Files.writeString(job, SmallRuns.YAML.replaceAll("augment: .*", augment));
    Path sheet = temp.resolve("sheet.png");
    assertThat(TrainMain.run("contact-sheet", job.toString(), "-o", sheet.toString())).isZero();
    BufferedImage picture = ImageIO.read(sheet.toFile());
    int rows = 1 + 6 + 3 + 15;
    assertThat(picture.getHeight()).isEqualTo(rows * 118 + 4);
    assertThat(picture.getWidth()).isEqualTo(1004);
  }
}
