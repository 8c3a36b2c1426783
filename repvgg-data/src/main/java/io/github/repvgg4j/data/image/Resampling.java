package io.github.repvgg4j.data.image;

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
  private record Taps(int first, int[] weights) {
    int end() {
      return first + weights.length;
    }
  }

  /**
   * A part of the resized image; it alone is computed, so that no more memory is needed than for it
   * however large the whole would be.
   *
   * @param width of the whole resized image, pixels
   * @param height of the whole resized image
   * @param left of the part, within the whole
   * @param top of the part
   * @param partWidth pixels
   * @param partHeight pixels
   */
  record Window(long width, long height, long left, long top, int partWidth, int partHeight) {

    /** The middle of the resized image, as torchvision's {@code CenterCrop} cuts it. */
    static Window centre(long width, long height, int partWidth, int partHeight) {
      return new Window(
          width,
          height,
          (long) Math.rint((width - partWidth) / 2.0),
          (long) Math.rint((height - partHeight) / 2.0),
          partWidth,
          partHeight);
    }
  }

  /** The image at another size; itself when the size is already right. */
  public static RgbImage resize(RgbImage image, int width, int height) {
    return resize(image, new Window(width, height, 0, 0, width, height));
  }

  /** A part of the image at another size, to the bit what cropping the whole would give. */
  static RgbImage resize(RgbImage image, Window window) {
    boolean sameWidth = window.width == image.width();
    boolean sameHeight = window.height == image.height();
    if (sameWidth && sameHeight) {
      return image.crop((int) window.left, (int) window.top, window.partWidth, window.partHeight);
    }
    Taps[] columns = taps(image.width(), window.width, window.left, window.partWidth);
    Taps[] rows = taps(image.height(), window.height, window.top, window.partHeight);
    int top = rows[0].first;
    int used = rows[rows.length - 1].end() - top;
    RgbImage narrow =
        sameWidth
            ? image.crop((int) window.left, top, window.partWidth, used)
            : horizontal(image, columns, top, used);
    return sameHeight ? narrow : vertical(narrow, rows, top);
  }

  private static Taps[] taps(int in, long out, long from, int count) {
    double scale = (double) in / out;
    double support = Math.max(scale, 1);
    Taps[] taps = new Taps[count];
    for (int i = 0; i < count; i++) {
      double center = (from + i + 0.5) * scale;
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

  /** Rows {@code top} to {@code top + rows - 1} only. */
  private static RgbImage horizontal(RgbImage image, Taps[] taps, int top, int rows) {
    RgbImage result = RgbImage.black(taps.length, rows);
    int target = 0;
    for (int y = top; y < top + rows; y++) {
      int row = 3 * y * image.width();
      for (Taps tap : taps) {
        for (int c = 0; c < 3; c++) {
          result.pixels()[target++] = weighted(image.pixels(), row + 3 * tap.first + c, 3, tap);
        }
      }
    }
    return result;
  }

  /**
   * @param top row of the whole image that is the first of this one
   */
  private static RgbImage vertical(RgbImage image, Taps[] taps, int top) {
    RgbImage result = RgbImage.black(image.width(), taps.length);
    int stride = 3 * image.width();
    int target = 0;
    for (Taps tap : taps) {
      int row = (tap.first - top) * stride;
      for (int x = 0; x < stride; x++) {
        result.pixels()[target++] = weighted(image.pixels(), row + x, stride, tap);
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
