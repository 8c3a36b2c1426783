package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;

/** Pillow's {@code ImageEnhance.Sharpness}: blended with the smoothed image. */
final class Sharpness {

  private static final int CENTRE = 5;
  private static final int SUM = 13;

  private Sharpness() {}

  /**
   * @param factor 0 smooth, 1 as it is, more: sharper
   */
  static RgbImage adjust(RgbImage image, double factor) {
    byte[] from = image.pixels();
    byte[] out = from.clone();
    int stride = 3 * image.width();
    for (int y = 1; y < image.height() - 1; y++) {
      for (int at = y * stride + 3; at < (y + 1) * stride - 3; at++) {
        out[at] = ColourJitter.blend(smooth(from, at, stride), from[at] & 0xff, factor);
      }
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** {@code ImageFilter.SMOOTH}, 3 x 3: 5 in the middle, 1 around it, divided by 13, rounded. */
  private static int smooth(byte[] pixels, int at, int stride) {
    int sum = (CENTRE - 1) * (pixels[at] & 0xff);
    for (int row = at - stride; row <= at + stride; row += stride) {
      sum += (pixels[row - 3] & 0xff) + (pixels[row] & 0xff) + (pixels[row + 3] & 0xff);
    }
    return (2 * sum + SUM) / (2 * SUM);
  }
}
