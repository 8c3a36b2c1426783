package io.github.repvgg4j.train.config;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.yaml.RecordReader;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** {@code preset: auto}: the preset that fits the images, by their size and their number. */
final class AutoPreset {

  static final String NAME = "auto";

  /** Training images below which there are few. */
  static final int FEW_IMAGES = 5000;

  /** Sides of larger images are worth a network for photos. */
  static final int SMALL_SIDE = 48;

  private static final int SAMPLE = 15;

  private AutoPreset() {}

  static boolean isWanted(YamlNode.Mapping keys) {
    return keys.get("preset") instanceof YamlNode.Scalar name && name.text().equals(NAME);
  }

  /**
   * A file's keys with the name of the preset in place of {@code auto}.
   *
   * @param place of the images, instead of data.path
   * @throws ConfigException where there are no images: one line
   */
  static YamlNode.Mapping resolve(String file, YamlNode.Mapping keys, Optional<String> place) {
    if (!(keys.get("data") instanceof YamlNode.Mapping section)) {
      throw new ConfigException(
          file + ": data: preset: auto looks at the images; give data: {path: my-images}");
    }
    DataConfig data = RecordReader.read(file, section, "data", DataConfig.class);
    DataConfig images = place.map(data::insteadFrom).orElse(data);
    YamlNode.Scalar auto = (YamlNode.Scalar) keys.get("preset");
    return keys.with("preset", new YamlNode.Scalar(auto.line(), choose(file, images), true));
  }

  private static String choose(String file, DataConfig data) {
    if (data.generated() != null) {
      return name(data.generated().side(), 10 * data.generated().trainPerClass());
    }
    try (ImageData images = ImageData.open(Path.of(data.path()), data.options())) {
      return name(usualSide(images.train()), images.train().size());
    } catch (IOException e) {
      throw new ConfigException(file + ": preset: auto looks at the images: " + e.getMessage());
    }
  }

  /**
   * @param side of the images, pixels
   * @param count of training images
   */
  static String name(int side, int count) {
    String kind = side <= SMALL_SIDE ? "small-images" : "photos";
    return count < FEW_IMAGES ? kind + "-few" : kind;
  }

  /** The middle one of the shorter sides of some images; bad ones don't count. */
  private static int usualSide(ImageSplit images) {
    List<Integer> sides = new ArrayList<>();
    int count = Math.min(SAMPLE, images.size());
    for (int i = 0; i < count; i++) {
      try {
        RgbImage image = images.read((int) ((long) i * images.size() / count));
        sides.add(Math.min(image.width(), image.height()));
      } catch (BadImageException e) {
        continue; // named when it is loaded
      }
    }
    Collections.sort(sides);
    return sides.isEmpty() ? Integer.MAX_VALUE : sides.get(sides.size() / 2);
  }
}
