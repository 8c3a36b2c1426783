package io.github.repvgg4j.data.load;

import io.github.repvgg4j.data.image.RgbImage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images kept decoded while there is room. However much it may hold, it claims a quarter of the
 * heap at most: training and test images have one each, and the other half is for the work.
 * Thread-safe.
 */
final class DecodedImages {

  private static final Logger LOG = LoggerFactory.getLogger(DecodedImages.class);
  private static final int SHARE_OF_HEAP = 4;

  private final AtomicReferenceArray<RgbImage> images;
  private final AtomicLong bytesLeft;

  /**
   * @param count of the images that there are
   * @param bytesEach of a decoded one; 0 where they differ
   * @param bytes that may be kept
   */
  DecodedImages(int count, long bytesEach, long bytes) {
    this(count, bytesEach, bytes, Runtime.getRuntime().maxMemory());
  }

  DecodedImages(int count, long bytesEach, long bytes, long heap) {
    long affordable = Math.min(bytes, heap / SHARE_OF_HEAP);
    boolean allFit = bytesEach > 0 && count * bytesEach <= affordable;
    if (affordable < bytes && !allFit) {
      LOG.info(
          "{} MiB of decoded images are kept instead of {} (data.cacheMiB): a quarter of the Java"
              + " heap of {} MiB (-Xmx)",
          affordable >> 20,
          bytes >> 20,
          heap >> 20);
    }
    this.images = new AtomicReferenceArray<>(affordable > 0 ? count : 0);
    this.bytesLeft = new AtomicLong(affordable);
  }

  /** The decoded image, if it is kept. */
  RgbImage get(int index) {
    return images.length() > 0 ? images.get(index) : null;
  }

  /** Keeps it if there is room. */
  void keep(int index, RgbImage image) {
    if (images.length() == 0) {
      return;
    }
    int bytes = image.pixels().length;
    if (bytesLeft.addAndGet(-bytes) >= 0) {
      images.set(index, image);
    } else {
      bytesLeft.addAndGet(bytes);
    }
  }
}
