package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FindRateTest {

  @TempDir Path temp;

  @Test
  void namesTwoRatesAndDrawsThem() throws IOException {
    Path job = SmallRuns.file(temp.resolve("job.yaml"), temp.resolve("run"));
    Path picture = temp.resolve("rates.png");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(out, true, StandardCharsets.UTF_8);
    String[] arguments = {
      "find-rate", job.toString(), "-o", picture.toString(), "--steps", "60", "--to", "100"
    };
    assertThat(TrainMain.run(arguments, console, console))
        .as(out.toString(StandardCharsets.UTF_8))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("the loss falls fastest at ")
        .contains("it is lowest at ")
        .contains(picture.toString());
    BufferedImage drawn = ImageIO.read(picture.toFile());
    assertThat(drawn.getWidth()).isEqualTo(800);
    assertThat(temp.resolve("run")).doesNotExist();
    Files.delete(picture);
  }

  /** A step is an update, of however many batches; five make an epoch. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50})
  void stepsAreUpdates(int accumulate) throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
    String yaml =
        SmallRuns.yaml(images).replace("epochs: 3", "epochs: 3\n  accumulate: " + accumulate);
    TrainConfig config = ConfigFiles.parse("job.yaml", yaml).withFolder(temp.resolve("run"));
    RateFinder.Range range = new RateFinder.Range(1e-4, 1e-3, 12);
    RateCurve curve = RateFinder.run(config, range, temp.resolve("r.png"));
    assertThat(curve.points()).hasSize(12);
    assertThat(curve.points().get(0).rate()).isCloseTo(1e-4, within(1e-6));
    assertThat(curve.points().get(11).rate()).isCloseTo(1e-3, within(3e-4));
  }

  @Test
  void pictureIsNoneOfTheImages() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
    TrainConfig config = ConfigFiles.parse("job.yaml", SmallRuns.yaml(images));
    RateFinder.Range range = new RateFinder.Range(1e-4, 1, 20);
    Path image = images.resolve("train/dots/0001.png");
    assertThatThrownBy(() -> RateFinder.run(config.withFolder(temp.resolve("run")), range, image))
        .hasMessageContaining("would be taken for classes and images");
  }

  @Test
  void rangeThatDoesNotRiseIsRefused() {
    assertThatThrownBy(() -> new RateFinder.Range(0.1, 0.01, 50))
        .hasMessageStartingWith("--from, --to, --steps: rates must be more than 0 and rise");
  }

  @Test
  void steepestLiesBeforeLowestAndDivergenceEndsTheTest() {
    RateCurve curve = RateCurve.empty();
    double rate = 1e-4;
    while (!curve.hasDiverged()) {
      // flat, then down around 0.03, then up steeply beyond 1
      double loss = 2.3 - 1.2 / (1 + Math.pow(0.03 / rate, 2)) + Math.pow(rate, 3);
      curve = curve.with(rate, loss);
      rate *= 1.12;
    }
    assertThat(curve.steepest().rate()).isBetween(0.02, 0.09);
    assertThat(curve.lowest().rate()).isBetween(0.2, 1.5);
    assertThat(curve.points().get(0).smooth()).isCloseTo(2.3, within(1e-2));
    assertThat(rate).isLessThan(10);
  }

  /** As of numbers that were never normalised: XChart alone would never return. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
  void lossesBeyondThePictureAreDrawnAtItsBorder() throws IOException {
    RateCurve curve = RateCurve.empty();
    for (int i = 0; i < 40; i++) {
      curve = curve.with(1e-4 * (i + 1), 1e22 - 1e20 * i);
    }
    byte[] png = RateChart.png(curve);
    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(800);
  }

  @Test
  void aLossThatNeverFallsIsSaid() {
    RateCurve curve = RateCurve.empty();
    for (int i = 0; i < 40; i++) {
      curve = curve.with(1e-4 * i + 1e-5, 2 + 0.01 * i);
    }
    assertThatThrownBy(curve::steepest)
        .hasMessage("the loss never fell: 40 steps; give a lower --from or more --steps");
    RateCurve early = RateCurve.empty();
    for (int i = 0; i < 12; i++) {
      early = early.with(1e-4 * i + 1e-5, 2 + 0.1 * Math.abs(i - 3));
    }
    assertThatThrownBy(early::steepest)
        .hasMessageStartingWith("the loss is lowest after step 5 of 12 steps, too early to say");
  }
}
