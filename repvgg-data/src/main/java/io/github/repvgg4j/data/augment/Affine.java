package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;

/**
 * Where the centre (x, y) of a pixel of the new image comes from in the old one: {@code (a x + b y
 * + c, d x + e y + f)}, the nearest pixel taken. Coordinates are rounded to 1/65536 pixel, as
 * Pillow 9.4 does ({@code src/libImaging/Geometry.c}), so that it decides between neighbours alike.
 */
record Affine(double a, double b, double c, double d, double e, double f) {

  private static final int BITS = 16;

  /** Pillow's {@code Image.rotate}: degrees against the clock about the middle of the image. */
  static Affine rotation(double degrees, int width, int height) {
    double angle = -Math.toRadians(degrees);
    double cos = round15(Math.cos(angle));
    double sin = round15(Math.sin(angle));
    double x = width / 2.0;
    double y = height / 2.0;
    return new Affine(cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
  }

  private static double round15(double value) {
    return Math.rint(value * 1e15) / 1e15;
  }

  /** The image seen through this map, at its old size. */
  RgbImage sample(RgbImage image, byte[] fill) {
    int width = image.width();
    int height = image.height();
    RgbImage result = RgbImage.black(width, height);
    long stepX = fixed(a);
    long stepY = fixed(d);
    int target = 0;
    for (int y = 0; y < height; y++) {
      long sourceX = fixed(c + a * 0.5 + b * 0.5) + y * fixed(b);
      long sourceY = fixed(f + d * 0.5 + e * 0.5) + y * fixed(e);
      for (int x = 0; x < width; x++) {
        long column = sourceX >> BITS;
        long row = sourceY >> BITS;
        boolean inside = column >= 0 && column < width && row >= 0 && row < height;
        byte[] from = inside ? image.pixels() : fill;
        int source = inside ? 3 * ((int) row * width + (int) column) : 0;
        for (int channel = 0; channel < 3; channel++) {
          result.pixels()[target++] = from[source + channel];
        }
        sourceX += stepX;
        sourceY += stepY;
      }
    }
    return result;
  }

  private static long fixed(double value) {
    return (long) Math.floor(value * (1 << BITS) + 0.5);
  }
}
