package io.github.repvgg4j.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.PillowFixtures;
import io.github.repvgg4j.data.image.RgbImage;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  @Test
  void brightnessContrastAndSaturationArePillows() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    check(ColourJitter.brightness(photo, 1.35), "brightness.png");
    check(ColourJitter.contrast(photo, 0.6), "contrast.png");
    check(ColourJitter.saturation(photo, 1.4), "saturation.png");
  }

  private static void check(RgbImage ours, String pillows) throws IOException {
    assertThat(PillowFixtures.meanDifference(ours, PillowFixtures.read(pillows)))
        .as(pillows)
        .isLessThan(0.05);
  }

  @Test
  void mirroringTwiceGivesTheImageBack() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    RgbImage mirrored = Pixels.mirror(photo);
    assertThat(mirrored.value(0, 3, 1)).isEqualTo(photo.value(photo.width() - 1, 3, 1));
    assertThat(Pixels.mirror(mirrored).pixels()).isEqualTo(photo.pixels());
  }

  @Test
  void alternatingFlipShowsBothSidesInAnyTwoEpochs() {
    int flipped = 0;
    for (int index = 0; index < 1000; index++) {
      boolean first = Draw.of(1, 4, index).alternate();
      assertThat(Draw.of(1, 5, index).alternate()).isNotEqualTo(first);
      flipped += first ? 1 : 0;
    }
    assertThat(flipped).isBetween(430, 570);
  }

  @Test
  void paddedCropReachesAllPlacesAndFillsWithBlackOrReflection() throws IOException {
    RgbImage photo = PillowFixtures.read("fit32.png");
    Set<Integer> corners = new HashSet<>();
    for (int i = 0; i < 400; i++) {
      RgbImage cropped =
          new Augmentation.PaddedCrop(1, Augmentation.PaddedCrop.Fill.REFLECT)
              .apply(photo, Draw.of(2, 0, i));
      corners.add(java.util.Arrays.hashCode(cropped.pixels()));
    }
    assertThat(corners).hasSize(9);
    assertThat(photo.crop(-2, 0, 32, 32).value(1, 5, 0)).isZero();
    assertThat(Pixels.shiftReflected(photo, -2, 0).value(0, 5, 0)).isEqualTo(photo.value(2, 5, 0));
  }

  @Test
  void resizedCropHasTheNetworksSizeAndCoversTheAskedShare() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    RgbImage cropped = new Augmentation.ResizedCrop(0.08, 24, 16).apply(photo, Draw.of(3, 1, 7));
    assertThat(cropped.width()).isEqualTo(24);
    assertThat(cropped.height()).isEqualTo(16);
  }

  @Test
  void cutoutCoversTheSquareWithTheMeanColour() throws IOException {
    RgbImage photo = PillowFixtures.read("fit32.png");
    RgbImage covered = Pixels.covered(photo, 30, 4, 6, new byte[] {1, 2, 3});
    assertThat(covered.value(31, 9, 2)).isEqualTo(3);
    assertThat(covered.value(29, 9, 2)).isEqualTo(photo.value(29, 9, 2));
    assertThat(covered.value(31, 10, 2)).isEqualTo(photo.value(31, 10, 2));
  }

  @Test
  void symmetricBetaHasItsMeanAndVariance() {
    double sum = 0;
    double squares = 0;
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      double x = Draw.of(5, 0, i).beta(0.2);
      sum += x;
      squares += x * x;
    }
    double mean = sum / count;
    assertThat(mean).isCloseTo(0.5, within(0.01));
    assertThat(squares / count - mean * mean).isCloseTo(1 / (4 * (2 * 0.2 + 1)), within(0.005));
  }
}
