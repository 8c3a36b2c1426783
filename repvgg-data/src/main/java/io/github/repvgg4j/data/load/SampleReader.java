package io.github.repvgg4j.data.load;

import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.Resampling;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.InputShape;
import java.util.List;

/**
 * From an image's index to what the network sees of it: decoded, brought to size, augmented. Images
 * are kept decoded while there is room; with a random resized crop they are kept whole, else at the
 * network's size. Thread-safe.
 */
final class SampleReader {

  private final ImageSplit split;
  private final ImagePreprocessor preprocessor;
  private final List<Augmentation> augmentations;
  private final boolean whole;
  private final DecodedImages cache;

  /**
   * @param augmentations empty for evaluation
   */
  SampleReader(
      ImageSplit split,
      ImagePreprocessor preprocessor,
      List<Augmentation> augmentations,
      long cacheBytes) {
    this.split = split;
    this.preprocessor = preprocessor;
    this.augmentations = List.copyOf(augmentations);
    this.whole = augmentations.stream().anyMatch(a -> a instanceof Augmentation.ResizedCrop);
    InputShape size = preprocessor.input();
    long bytesEach = whole ? 0 : 3L * size.height() * size.width();
    this.cache = new DecodedImages(split.size(), bytesEach, cacheBytes);
  }

  /** The augmented image at this size. */
  RgbImage read(int index, Draw draw, InputShape size) throws BadImageException {
    return BadImageException.naming(
        split.name(index),
        () -> {
          RgbImage image = image(index);
          for (Augmentation augmentation : augmentations) {
            image = augmentation.apply(image, draw);
          }
          return Resampling.resize(image, size.width(), size.height());
        });
  }

  private RgbImage image(int index) throws BadImageException {
    RgbImage known = cache.get(index);
    if (known != null) {
      return known;
    }
    RgbImage read = split.read(index);
    RgbImage image = whole ? read : preprocessor.fit(read);
    cache.keep(index, image);
    return image;
  }
}
