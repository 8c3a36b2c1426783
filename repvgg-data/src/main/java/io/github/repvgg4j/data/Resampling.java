package io.github.repvgg4j.data;

/**
 * Bilinear resizing with antialiasing, as Pillow and torchvision do it (Pillow 9, {@code
 * src/libImaging/Resample.c}: a triangle filter as wide as the reduction, two passes, 22-bit fixed
 * point), so that a network sees the pixels it would see in PyTorch. OpenCV's own bilinear resize
 * skips pixels when it reduces.
 */
public final class Resampling {

  private static final int PRECISION_BITS = 22;

  private Resampling() {}

  /** Weights of one output position. */
  private record Taps(int first, int[] weights) {}

  /** The image at another size; itself when the size is already right. */
  public static RgbImage resize(RgbImage image, int width, int height) {
    RgbImage result = image;
    if (width != image.width()) {
      result = horizontal(result, taps(image.width(), width));
    }
    if (height != image.height()) {
      result = vertical(result, taps(image.height(), height));
    }
    return result;
  }

  private static Taps[] taps(int in, int out) {
    double scale = (double) in / out;
    double support = Math.max(scale, 1);
    Taps[] taps = new Taps[out];
    for (int i = 0; i < out; i++) {
      double center = (i + 0.5) * scale;
      int first = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(in, (int) (center + support + 0.5));
      taps[i] = new Taps(first, fixedPoint(triangle(first, end, center, support)));
    }
    return taps;
  }

  private static double[] triangle(int first, int end, double center, double support) {
    double[] weights = new double[end - first];
    double sum = 0;
    for (int x = 0; x < weights.length; x++) {
      weights[x] = Math.max(0, 1 - Math.abs((x + first - center + 0.5) / support));
      sum += weights[x];
    }
    for (int x = 0; x < weights.length; x++) {
      weights[x] /= sum;
    }
    return weights;
  }

  private static int[] fixedPoint(double[] weights) {
    int[] fixed = new int[weights.length];
    for (int x = 0; x < fixed.length; x++) {
      fixed[x] = (int) (0.5 + weights[x] * (1 << PRECISION_BITS));
    }
    return fixed;
  }

  private static RgbImage horizontal(RgbImage image, Taps[] taps) {
    RgbImage result = RgbImage.black(taps.length, image.height());
    int target = 0;
    for (int y = 0; y < image.height(); y++) {
      int row = 3 * y * image.width();
      for (Taps tap : taps) {
        for (int c = 0; c < 3; c++) {
          result.pixels()[target++] = weighted(image.pixels(), row + 3 * tap.first + c, 3, tap);
        }
      }
    }
    return result;
  }

  private static RgbImage vertical(RgbImage image, Taps[] taps) {
    RgbImage result = RgbImage.black(image.width(), taps.length);
    int stride = 3 * image.width();
    int target = 0;
    for (Taps tap : taps) {
      for (int x = 0; x < stride; x++) {
        result.pixels()[target++] = weighted(image.pixels(), tap.first * stride + x, stride, tap);
      }
    }
    return result;
  }

  private static byte weighted(byte[] pixels, int start, int step, Taps tap) {
    int sum = 1 << (PRECISION_BITS - 1);
    int at = start;
    for (int weight : tap.weights) {
      sum += (pixels[at] & 0xff) * weight;
      at += step;
    }
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }
}
