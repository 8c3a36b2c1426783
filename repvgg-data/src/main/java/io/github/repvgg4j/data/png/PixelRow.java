package io.github.repvgg4j.data.png;

import io.github.repvgg4j.data.format.FormatFault;

/** Makes RGB of a row of one colour type and depth (RFC 2083, sections 2.3 and 4.1.1). */
final class PixelRow {

  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGBA = 6;

  private final int depth;
  private final int type;
  private final int channels;
  private final byte[] colours;

  /**
   * @param depth bits a sample
   * @param type of colour
   * @param palette 256 colours; without one, samples are shades
   */
  PixelRow(int depth, int type, byte[] palette) throws FormatFault {
    this.depth = depth;
    this.type = type;
    this.channels =
        switch (type) {
          case GREY, PALETTE -> 1;
          case GREY_ALPHA -> 2;
          case RGB -> 3;
          case RGBA -> 4;
          default -> throw new FormatFault("damaged: the PNG's header is wrong");
        };
    boolean few = depth == 1 || depth == 2 || depth == 4;
    boolean sound = depth == 8 || (depth == 16 ? type != PALETTE : few && channels == 1);
    if (!sound) {
      throw new FormatFault("damaged: the PNG's header is wrong");
    }
    this.colours = type == PALETTE ? palette : channels < 3 ? shades(depth) : palette;
  }

  private static byte[] shades(int depth) {
    byte[] shades = new byte[3 * 256];
    int brightest = (1 << Math.min(depth, 8)) - 1;
    for (int i = 0; i < shades.length; i++) {
      shades[i] = (byte) (i / 3 * 255 / brightest);
    }
    return shades;
  }

  /** Bits a pixel. */
  int bits() {
    return channels * depth;
  }

  /**
   * Converts a row.
   *
   * @param at the row's first byte
   * @param to where the first pixel goes
   * @param step bytes from pixel to pixel there
   */
  void convert(byte[] row, int at, int count, byte[] rgb, int to, int step) {
    if (channels >= 3) {
      colour(row, at, count, rgb, to, step);
    } else if (depth >= 8) {
      for (int x = 0; x < count; x++) {
        put(row[at + x * channels * depth / 8] & 0xff, rgb, to + x * step);
      }
    } else {
      for (int x = 0; x < count; x++) {
        int bit = x * depth;
        int sample = row[at + bit / 8] >> 8 - depth - bit % 8 & (1 << depth) - 1;
        put(sample, rgb, to + x * step);
      }
    }
  }

  private void colour(byte[] row, int at, int count, byte[] rgb, int to, int step) {
    int bytes = depth / 8;
    int pixel = channels * bytes;
    if (pixel == 3 && step == 3) {
      System.arraycopy(row, at, rgb, to, 3 * count);
      return;
    }
    for (int x = 0; x < count; x++) {
      rgb[to + x * step] = row[at + x * pixel];
      rgb[to + x * step + 1] = row[at + x * pixel + bytes];
      rgb[to + x * step + 2] = row[at + x * pixel + 2 * bytes];
    }
  }

  private void put(int index, byte[] rgb, int to) {
    rgb[to] = colours[3 * index];
    rgb[to + 1] = colours[3 * index + 1];
    rgb[to + 2] = colours[3 * index + 2];
  }
}
