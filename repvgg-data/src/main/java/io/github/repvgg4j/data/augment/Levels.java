package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;

/** Changes of single values by a table for each channel: Pillow's {@code ImageOps}. */
final class Levels {

  private static final int VALUES = 256;

  private Levels() {}

  /** Keeps the highest {@code bits} of each value. */
  static RgbImage posterize(RgbImage image, int bits) {
    int mask = 0xff << (8 - bits) & 0xff;
    int[] table = new int[VALUES];
    for (int v = 0; v < VALUES; v++) {
      table[v] = v & mask;
    }
    return mapped(image, table, table, table);
  }

  /** Inverts values from {@code threshold} on; all of them with 0. */
  static RgbImage solarize(RgbImage image, double threshold) {
    int[] table = new int[VALUES];
    for (int v = 0; v < VALUES; v++) {
      table[v] = v < threshold ? v : VALUES - 1 - v;
    }
    return mapped(image, table, table, table);
  }

  /** Stretches each channel to 0..255. */
  static RgbImage autoContrast(RgbImage image) {
    int[][] tables = histograms(image);
    for (int[] table : tables) {
      int low = 0;
      while (table[low] == 0) {
        low++;
      }
      int high = VALUES - 1;
      while (table[high] == 0) {
        high--;
      }
      double scale = high > low ? 255.0 / (high - low) : 1;
      double offset = high > low ? -low * scale : 0;
      for (int v = 0; v < VALUES; v++) {
        table[v] = clip((int) (v * scale + offset));
      }
    }
    return mapped(image, tables);
  }

  /** Spreads the values of each channel evenly. */
  static RgbImage equalize(RgbImage image) {
    int[][] tables = histograms(image);
    int pixels = image.width() * image.height();
    for (int[] table : tables) {
      int high = VALUES - 1;
      while (table[high] == 0) {
        high--;
      }
      int step = (pixels - table[high]) / (VALUES - 1);
      int sum = step / 2;
      for (int v = 0; v < VALUES; v++) {
        int count = table[v];
        table[v] = step == 0 ? v : clip(sum / step);
        sum += count;
      }
    }
    return mapped(image, tables);
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(VALUES - 1, value));
  }

  /** {@code [channel][value]}: how many pixels. */
  private static int[][] histograms(RgbImage image) {
    int[][] counts = new int[3][VALUES];
    byte[] pixels = image.pixels();
    for (int i = 0; i < pixels.length; i += 3) {
      counts[0][pixels[i] & 0xff]++;
      counts[1][pixels[i + 1] & 0xff]++;
      counts[2][pixels[i + 2] & 0xff]++;
    }
    return counts;
  }

  private static RgbImage mapped(RgbImage image, int[]... tables) {
    byte[] from = image.pixels();
    byte[] out = new byte[from.length];
    for (int i = 0; i < out.length; i += 3) {
      out[i] = (byte) tables[0][from[i] & 0xff];
      out[i + 1] = (byte) tables[1][from[i + 1] & 0xff];
      out[i + 2] = (byte) tables[2][from[i + 2] & 0xff];
    }
    return new RgbImage(image.width(), image.height(), out);
  }
}
