package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;

/** What augmentations do with pixels; each method returns a new image. */
final class Pixels {

  private Pixels() {}

  static RgbImage mirror(RgbImage image) {
    RgbImage result = RgbImage.black(image.width(), image.height());
    byte[] from = image.pixels();
    byte[] to = result.pixels();
    for (int y = 0; y < image.height(); y++) {
      int row = 3 * y * image.width();
      for (int x = 0; x < image.width(); x++) {
        int source = row + 3 * (image.width() - 1 - x);
        int target = row + 3 * x;
        to[target] = from[source];
        to[target + 1] = from[source + 1];
        to[target + 2] = from[source + 2];
      }
    }
    return result;
  }

  /** The window of the image's size at (left, top), its outside mirrored without the border. */
  static RgbImage shiftReflected(RgbImage image, int left, int top) {
    RgbImage result = RgbImage.black(image.width(), image.height());
    int target = 0;
    for (int y = 0; y < image.height(); y++) {
      int row = reflect(y + top, image.height()) * image.width();
      for (int x = 0; x < image.width(); x++) {
        int source = 3 * (row + reflect(x + left, image.width()));
        System.arraycopy(image.pixels(), source, result.pixels(), target, 3);
        target += 3;
      }
    }
    return result;
  }

  static int reflect(int at, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int phase = Math.floorMod(at, period);
    return phase < size ? phase : period - phase;
  }

  static RgbImage covered(RgbImage image, int left, int top, int side, byte[] colour) {
    byte[] pixels = image.pixels().clone();
    for (int y = Math.max(0, top); y < Math.min(image.height(), top + side); y++) {
      for (int x = Math.max(0, left); x < Math.min(image.width(), left + side); x++) {
        System.arraycopy(colour, 0, pixels, 3 * (y * image.width() + x), 3);
      }
    }
    return new RgbImage(image.width(), image.height(), pixels);
  }
}
