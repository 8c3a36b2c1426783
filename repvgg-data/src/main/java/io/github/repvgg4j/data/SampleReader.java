package io.github.repvgg4j.data;

import io.github.repvgg4j.model.InputShape;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

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
  private final AtomicReferenceArray<RgbImage> cache;
  private final AtomicLong cacheBytesLeft;

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
    this.cache = new AtomicReferenceArray<>(cacheBytes > 0 ? split.size() : 0);
    this.cacheBytesLeft = new AtomicLong(cacheBytes);
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
    RgbImage known = cache.length() > 0 ? cache.get(index) : null;
    if (known != null) {
      return known;
    }
    RgbImage read = split.read(index);
    RgbImage image = whole ? read : preprocessor.fit(read);
    if (cache.length() > 0 && cacheBytesLeft.addAndGet(-image.pixels().length) >= 0) {
      cache.set(index, image);
    }
    return image;
  }
}
