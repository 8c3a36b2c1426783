package io.github.repvgg4j.data.jpeg;

/**
 * What a JPEG's components stand for, and how a row of them becomes RGB. The JVM makes vector
 * instructions of the loops here, since they are short and hold nothing but whole integer arrays.
 */
enum Colours {
  GREY {
    @Override
    void convert(int[][] in, int[] pixels, int count) {
      int[] greys = in[0];
      for (int x = 0; x < count; x++) {
        pixels[x] = greys[x] * 0x10101;
      }
    }
  },
  RGB {
    @Override
    void convert(int[][] in, int[] pixels, int count) {
      int[] reds = in[0];
      int[] greens = in[1];
      int[] blues = in[2];
      for (int x = 0; x < count; x++) {
        pixels[x] = reds[x] | greens[x] << 8 | blues[x] << 16;
      }
    }
  },
  /** JFIF: ITU-R 601 luma and colour differences over the whole range. */
  YCBCR {
    @Override
    void convert(int[][] in, int[] pixels, int count) {
      red(in[0], in[2], pixels, count);
      addGreen(in[0], in[1], in[2], pixels, count);
      addBlue(in[0], in[1], pixels, count);
    }
  },
  /** Inverted: 255 for no ink. */
  CMYK {
    @Override
    void convert(int[][] in, int[] pixels, int count) {
      RGB.convert(in, pixels, count);
      blacken(in[3], pixels, count, 0);
    }
  },
  /** CMYK whose first three inks are stored as colour and differences. */
  YCCK {
    @Override
    void convert(int[][] in, int[] pixels, int count) {
      YCBCR.convert(in, pixels, count);
      blacken(in[3], pixels, count, 0xffffff);
    }
  };

  private static final int HALF = 1 << 15;

  /**
   * Converts a row.
   *
   * @param in samples of each component
   * @param pixels takes the row, red in the lowest byte, then green and blue
   */
  abstract void convert(int[][] in, int[] pixels, int count);

  private static void red(int[] lumas, int[] reds, int[] pixels, int count) {
    for (int x = 0; x < count; x++) {
      pixels[x] = Levels.clamp(lumas[x] + (91881 * (reds[x] - 128) + HALF >> 16));
    }
  }

  private static void addGreen(int[] lumas, int[] blues, int[] reds, int[] pixels, int count) {
    for (int x = 0; x < count; x++) {
      int change = HALF - 22554 * (blues[x] - 128) - 46802 * (reds[x] - 128) >> 16;
      pixels[x] |= Levels.clamp(lumas[x] + change) << 8;
    }
  }

  private static void addBlue(int[] lumas, int[] blues, int[] pixels, int count) {
    for (int x = 0; x < count; x++) {
      pixels[x] |= Levels.clamp(lumas[x] + (116130 * (blues[x] - 128) + HALF >> 16)) << 16;
    }
  }

  /**
   * {@code white - ink white / 255}, as Pillow rounds it.
   *
   * @param turned bits of the pixels that are stored as their opposite
   */
  private static void blacken(int[] blacks, int[] pixels, int count, int turned) {
    for (int x = 0; x < count; x++) {
      int white = blacks[x];
      int inks = ~(pixels[x] ^ turned);
      int r = rest(white, inks & 255);
      int g = rest(white, inks >> 8 & 255);
      int b = rest(white, inks >> 16 & 255);
      pixels[x] = r | g << 8 | b << 16;
    }
  }

  private static int rest(int white, int ink) {
    int product = ink * white + 128;
    return white - (product + (product >> 8) >> 8);
  }
}
