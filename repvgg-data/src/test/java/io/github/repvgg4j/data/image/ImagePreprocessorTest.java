package io.github.repvgg4j.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.PillowFixtures;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImagePreprocessorTest {

  @Test
  void reducingGivesPillowsBits() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    assertThat(Resampling.resize(photo, 20, 16).pixels())
        .isEqualTo(PillowFixtures.read("down.png").pixels());
  }

  @Test
  void enlargingGivesPillowsBits() throws IOException {
    RgbImage photo = PillowFixtures.read("photo.png");
    assertThat(Resampling.resize(photo, 90, 70).pixels())
        .isEqualTo(PillowFixtures.read("up.png").pixels());
  }

  @Test
  void fitIsTorchvisionsResizeAndCenterCrop() throws IOException {
    Preprocessing resize36 = Preprocessing.IMAGENET.withCropFraction(32 / 36.0);
    ImagePreprocessor preprocessor = new ImagePreprocessor(resize36, InputShape.square(32));
    assertThat(preprocessor.fit(PillowFixtures.read("photo.png")).pixels())
        .isEqualTo(PillowFixtures.read("fit32.png").pixels());
  }

  @Test
  void valuesAreChannelsFirstAndNormalised() throws IOException {
    RgbImage photo = PillowFixtures.read("fit32.png");
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(Preprocessing.IMAGENET.withCropFraction(1), InputShape.square(32));
    float[] batch = preprocessor.apply(photo);
    assertThat(preprocessor.shape(1)).containsExactly(1, 3, 32, 32);
    assertThat(batch).hasSize(3 * 32 * 32);
    double blue = (photo.value(11, 5, 2) / 255.0 - 0.406) / 0.225;
    assertThat((double) batch[(2 * 32 + 5) * 32 + 11]).isCloseTo(blue, within(1e-6));
  }

  @Test
  void oneChannelIsPillowsGrey() throws IOException {
    Preprocessing plain = new Preprocessing(List.of(0.0), List.of(1.0), 1);
    ImagePreprocessor preprocessor = new ImagePreprocessor(plain, new InputShape(1, 47, 61));
    float[] values = preprocessor.apply(PillowFixtures.read("photo.png"));
    RgbImage grey = PillowFixtures.read("grey.png");
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.round(values[i] * 255)).isEqualTo(grey.pixels()[3 * i] & 0xff);
    }
  }

  @Test
  void otherNumbersOfChannelsAreRefused() {
    assertThatThrownBy(
            () -> new ImagePreprocessor(Preprocessing.IMAGENET, new InputShape(4, 32, 32)))
        .hasMessageContaining("the network has 4");
    assertThatThrownBy(
            () -> new ImagePreprocessor(Preprocessing.IMAGENET, new InputShape(1, 32, 32)))
        .hasMessageContaining("input has 1 channels");
  }
}
