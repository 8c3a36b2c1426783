package io.github.repvgg4j.train.config;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.yaml.RecordReader;
import io.github.repvgg4j.yaml.Words;
import io.github.repvgg4j.yaml.YamlNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * {@code preset: auto}: the preset that fits the images, by their size and their number. Of few
 * images and with no weights to start from, as many epochs as let the network see enough of them.
 */
final class AutoPreset {

  static final String NAME = "auto";

  /** Training images below which there are few. */
  static final int FEW_IMAGES = 5000;

  /**
   * Images that a network is to see, one as often as there are epochs: 4500 updates of 32. Five
   * classes of CIFAR-10 with 100 images each gave 85.6 % after 50,000 of them, 87.1 % after
   * 150,000.
   */
  static final int SEEN = 144_000;

  static final int MOST_EPOCHS = 1000;

  /** Sides of larger images are worth a network for photos. */
  static final int SMALL_SIDE = 48;

  private static final int SAMPLE = 15;

  private AutoPreset() {}

  static boolean isWanted(YamlNode.Mapping keys) {
    return Presets.name(keys.get("preset")).equals(NAME);
  }

  /**
   * A file's keys with the name of the preset in place of {@code auto}, and with epochs where the
   * preset's are too few.
   *
   * @throws ConfigException where there are no images: one line
   */
  static YamlNode.Mapping resolve(String file, YamlNode.Mapping keys) {
    if (!(keys.get("data") instanceof YamlNode.Mapping section)) {
      throw new ConfigException(
          file + ": data: preset: auto looks at the images; give data: {path: my-images}");
    }
    DataConfig images = RecordReader.read(file, section, "data", DataConfig.class);
    YamlNode.Scalar auto = (YamlNode.Scalar) keys.get("preset");
    Found found = look(file, images, labelling(keys));
    String preset = name(found.side, found.count);
    YamlNode.Mapping chosen = keys.with("preset", new YamlNode.Scalar(auto.line(), preset, true));
    return found.count < FEW_IMAGES ? withEpochs(chosen, preset, found.count) : chosen;
  }

  /**
   * What there is to train on.
   *
   * @param side of the images, pixels
   * @param count of training images
   */
  private record Found(int side, int count) {}

  private static Labelling labelling(YamlNode.Mapping keys) {
    boolean several =
        keys.get("training") instanceof YamlNode.Mapping training
            && training.get("loss") instanceof YamlNode.Scalar loss
            && loss.text().equalsIgnoreCase(Words.of(Loss.SIGMOID));
    return (several ? Loss.SIGMOID : Loss.SOFTMAX).labelling();
  }

  private static Found look(String file, DataConfig data, Labelling labelling) {
    if (data.generated() != null) {
      return new Found(data.generated().side(), 10 * data.generated().trainPerClass());
    }
    try (ImageData images = data.open(labelling)) {
      return new Found(usualSide(images.train()), images.train().size());
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

  /** Tests stay as many as the preset's. What a file says stays; fine-tuning needs no more. */
  private static YamlNode.Mapping withEpochs(YamlNode.Mapping keys, String preset, int count) {
    YamlNode.Mapping training = new YamlNode.Mapping(0, Map.of());
    if (keys.has("training")) {
      if (!(keys.get("training") instanceof YamlNode.Mapping given)
          || given.has("epochs")
          || given.has("fineTune")) {
        return keys;
      }
      training = given;
    }
    int usual = number(preset, "epochs");
    int epochs = Math.max(usual, Math.min(MOST_EPOCHS, (int) Math.ceil((double) SEEN / count)));
    if (!training.has("evaluateEvery")) {
      int between = number(preset, "evaluateEvery") * epochs / usual;
      training = training.with("evaluateEvery", scalar(between));
    }
    return keys.with("training", training.with("epochs", scalar(epochs)));
  }

  private static int number(String preset, String key) {
    YamlNode.Mapping training = (YamlNode.Mapping) Presets.read(preset).keys().get("training");
    return Integer.parseInt(((YamlNode.Scalar) training.get(key)).text());
  }

  private static YamlNode scalar(int value) {
    return new YamlNode.Scalar(0, Integer.toString(value), true);
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
