package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;
import java.util.Arrays;
import java.util.List;

/**
 * Covers a random rectangle: torchvision 0.14's {@code RandomErasing} (Zhong et al. 2017), sides in
 * proportions 0.3 to 3.3.
 *
 * <p>Differs from torchvision: it works on bytes before they are normalised, so {@link Value#NOISE}
 * is cut off at black and white.
 *
 * @param probability of an image to be touched
 * @param minScale smallest share of the area
 * @param maxScale largest share of the area
 * @param value what covers it
 * @param mean of red, green and blue, or of grey, 0..1
 * @param std of red, green and blue, or of grey, 0..1
 */
public record RandomErasing(
    double probability,
    double minScale,
    double maxScale,
    Value value,
    List<Double> mean,
    List<Double> std)
    implements Augmentation {

  private static final int TRIES = 10;
  private static final double MIN_LOG_RATIO = Math.log(0.3);
  private static final double MAX_LOG_RATIO = Math.log(3.3);

  /** What covers the rectangle. */
  public enum Value {
    /** The mean colour, which normalisation makes 0. */
    MEAN,
    /** Each value a normal one with that mean and deviation. */
    NOISE
  }

  public RandomErasing {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: must be in [0, 1], got " + probability);
    }
    if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
      throw new IllegalArgumentException(
          "minScale, maxScale: need 0 < minScale <= maxScale <= 1, got "
              + minScale
              + " and "
              + maxScale);
    }
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** A part of an image, pixels. */
  record Box(int left, int top, int width, int height) {}

  @Override
  public RgbImage apply(RgbImage image, Draw draw) {
    if (!draw.chance(probability)) {
      return image;
    }
    Box box = box(image.width(), image.height(), draw);
    byte[] pixels = image.pixels().clone();
    int alike = 3 / mean.size(); // bytes of a pixel that are one channel
    for (int y = box.top; y < box.top + box.height; y++) {
      int from = 3 * (y * image.width() + box.left);
      for (int i = 0; i < 3 * box.width; i += alike) {
        int channel = i % mean.size();
        double deviation = value == Value.NOISE ? std.get(channel) * draw.gaussian() : 0;
        Arrays.fill(pixels, from + i, from + i + alike, level(mean.get(channel) + deviation));
      }
    }
    return new RgbImage(image.width(), image.height(), pixels);
  }

  private static byte level(double share) {
    return (byte) Math.max(0, Math.min(255, Math.round(255 * share)));
  }

  /** Empty after ten tries that do not fit. */
  Box box(int width, int height, Draw draw) {
    for (int i = 0; i < TRIES; i++) {
      double area = (double) width * height * draw.uniform(minScale, maxScale);
      double ratio = Math.exp(draw.uniform(MIN_LOG_RATIO, MAX_LOG_RATIO));
      int h = (int) Math.rint(Math.sqrt(area * ratio));
      int w = (int) Math.rint(Math.sqrt(area / ratio));
      if (h < height && w < width) {
        int top = draw.integer(height - h + 1);
        return new Box(draw.integer(width - w + 1), top, w, h);
      }
    }
    return new Box(0, 0, 0, 0);
  }
}
