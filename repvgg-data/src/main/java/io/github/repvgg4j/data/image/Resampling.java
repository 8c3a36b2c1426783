package io.github.repvgg4j.data.image;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Bilinear resizing with antialiasing, as Pillow and torchvision do it (Pillow 9, {@code
 * src/libImaging/Resample.c}: a triangle filter as wide as the reduction, two passes, 22-bit fixed
 * point), so that a network sees the pixels it would see in PyTorch. OpenCV's own bilinear resize
 * skips pixels when it reduces.
 */
public final class Resampling {

  private static final int PRECISION_BITS = 22;
  private static final int HALF = 1 << (PRECISION_BITS - 1);

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
    int[][] narrow = new int[Stream.of(rows).mapToInt(row -> row.weights.length).max().orElse(0)][];
    RgbImage result = RgbImage.black(window.partWidth, window.partHeight);
    int[] sums = new int[3 * window.partWidth];
    int known = rows[0].first;
    for (int y = 0; y < rows.length; y++) {
      for (; known < rows[y].end(); known++) {
        int place = known % narrow.length; // of a row that no later one needs
        narrow[place] = narrow[place] == null ? new int[sums.length] : narrow[place];
        horizontal(image, known, columns, narrow[place]);
      }
      vertical(narrow, rows[y], sums);
      write(sums, result.pixels(), y * sums.length);
    }
    return result;
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

  /**
   * @param target receives one row, red first, 0 to 255
   */
  private static void horizontal(RgbImage image, int y, Taps[] taps, int[] target) {
    byte[] pixels = image.pixels();
    int row = 3 * y * image.width();
    for (int x = 0; x < taps.length; x++) {
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int at = row + 3 * taps[x].first;
      for (int weight : taps[x].weights) {
        red += (pixels[at] & 0xff) * weight;
        green += (pixels[at + 1] & 0xff) * weight;
        blue += (pixels[at + 2] & 0xff) * weight;
        at += 3;
      }
      target[3 * x] = rounded(red);
      target[3 * x + 1] = rounded(green);
      target[3 * x + 2] = rounded(blue);
    }
  }

  /** Row by row in whole ints, which Java's compiler computes several at a time. */
  private static void vertical(int[][] rows, Taps taps, int[] sums) {
    Arrays.fill(sums, HALF);
    for (int i = 0; i < taps.weights.length; i++) {
      add(rows[(taps.first + i) % rows.length], taps.weights[i], sums);
    }
  }

  private static void add(int[] row, int weight, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += row[x] * weight;
    }
  }

  private static void write(int[] sums, byte[] pixels, int from) {
    for (int x = 0; x < sums.length; x++) {
      pixels[from + x] = (byte) rounded(sums[x]);
    }
  }

  private static int rounded(int sum) {
    return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }
}
