package io.github.repvgg4j.data.jpeg;

/** What a JPEG's components stand for, and how a row of them becomes RGB. */
enum Colours {
  GREY {
    @Override
    void convert(byte[][] in, int[] from, int width, byte[] rgb, int to) {
      for (int x = 0, at = to; x < width; x++, at += 3) {
        byte level = in[0][from[0] + x];
        rgb[at] = level;
        rgb[at + 1] = level;
        rgb[at + 2] = level;
      }
    }
  },
  RGB {
    @Override
    void convert(byte[][] in, int[] from, int width, byte[] rgb, int to) {
      for (int x = 0, at = to; x < width; x++, at += 3) {
        rgb[at] = in[0][from[0] + x];
        rgb[at + 1] = in[1][from[1] + x];
        rgb[at + 2] = in[2][from[2] + x];
      }
    }
  },
  /** JFIF: ITU-R 601 luma and colour differences over the whole range. */
  YCBCR {
    @Override
    void convert(byte[][] in, int[] from, int width, byte[] rgb, int to) {
      byte[] lumas = in[0];
      byte[] blues = in[1];
      byte[] reds = in[2];
      int y = from[0];
      int cb = from[1];
      int cr = from[2];
      for (int x = 0; x < width; x++) {
        int luma = lumas[y + x] & 0xff;
        int blue = (blues[cb + x] & 0xff) - 128;
        int red = (reds[cr + x] & 0xff) - 128;
        rgb[to + 3 * x] = level(luma + (91881 * red + HALF >> 16));
        rgb[to + 3 * x + 1] = level(luma + (HALF - 22554 * blue - 46802 * red >> 16));
        rgb[to + 3 * x + 2] = level(luma + (116130 * blue + HALF >> 16));
      }
    }
  },
  /** Inverted: 255 for no ink. */
  CMYK {
    @Override
    void convert(byte[][] in, int[] from, int width, byte[] rgb, int to) {
      RGB.convert(in, from, width, rgb, to);
      blacken(in[3], from[3], width, rgb, to);
    }
  },
  /** CMYK whose first three inks are stored as colour and differences. */
  YCCK {
    @Override
    void convert(byte[][] in, int[] from, int width, byte[] rgb, int to) {
      YCBCR.convert(in, from, width, rgb, to);
      for (int at = to; at < to + 3 * width; at++) {
        rgb[at] = (byte) ~rgb[at];
      }
      blacken(in[3], from[3], width, rgb, to);
    }
  };

  private static final int HALF = 1 << 15;

  /** Of a number's lowest ten bits, held within 0 to 255. */
  private static final byte[] LEVELS = new byte[1024];

  static {
    for (int i = 0; i < LEVELS.length; i++) {
      LEVELS[i] = (byte) (i < 256 ? i : i < 512 ? 255 : 0);
    }
  }

  /**
   * Converts a row.
   *
   * @param in samples of each component
   * @param from where each component's row begins
   * @param rgb takes three bytes a pixel from {@code to} on
   */
  abstract void convert(byte[][] in, int[] from, int width, byte[] rgb, int to);

  private static byte level(int value) {
    return LEVELS[value & 1023];
  }

  /** {@code white - ink white / 255}, as Pillow rounds it. */
  private static void blacken(byte[] blacks, int from, int width, byte[] rgb, int to) {
    int at = to;
    for (int x = 0; x < width; x++) {
      int white = blacks[from + x] & 0xff;
      for (int c = 0; c < 3; c++) {
        int product = (255 - (rgb[at] & 0xff)) * white + 128;
        rgb[at++] = level(white - (product + (product >> 8) >> 8));
      }
    }
  }
}
