package io.github.repvgg4j.data.png;

import io.github.repvgg4j.data.format.ByteView;
import io.github.repvgg4j.data.format.FormatFault;

/** Decodes a PNG to RGB: transparency dropped, the higher byte of 16 bits, no gamma. */
public final class PngDecoder {

  private static final int CHUNK_OVERHEAD = 12;

  /** Where the header chunk's content begins. */
  private static final int HEADER = 16;

  /** Of each pass of an interlaced image: first column, first row, steps to the next. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private PngDecoder() {}

  /**
   * Decodes a file whose chunks were found sound.
   *
   * @return RGB {@code [height, width, 3]}, one byte a value, not turned
   * @throws FormatFault when it is damaged
   */
  public static byte[] decode(byte[] file) throws FormatFault {
    ByteView data = new ByteView(file);
    int width = (int) data.u32(HEADER);
    int height = (int) data.u32(HEADER + 4);
    PixelRow pixels = new PixelRow(data.u8(HEADER + 8), data.u8(HEADER + 9), palette(data));
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int interlace = data.u8(HEADER + 12);
    if (interlace > 1) {
      throw new FormatFault("damaged: the PNG's header is wrong");
    }
    try (FilteredRows rows = new FilteredRows(data, pixels.bits())) {
      for (int[] pass : interlace == 0 ? ONE_PASS : ADAM7) {
        int columns = (width - pass[0] + pass[2] - 1) / pass[2];
        rows.begin(columns);
        for (int y = pass[1]; y < height && columns > 0; y += pass[3]) {
          int to = 3 * (y * width + pass[0]);
          pixels.convert(rows.next(), FilteredRows.BEFORE, columns, rgb, to, 3 * pass[2]);
        }
      }
    }
    return rgb;
  }

  /** Where the next chunk of a kind begins, at {@code from} or later; -1 when there is none. */
  static int find(ByteView data, String kind, int from) {
    int at = from;
    while (data.has(at, CHUNK_OVERHEAD)) {
      if (data.startsWith(at + 4, kind)) {
        return at;
      }
      at = behind(data, at);
    }
    return -1;
  }

  static int behind(ByteView data, int chunk) {
    return chunk + CHUNK_OVERHEAD + (int) data.u32(chunk);
  }

  /** 256 colours, those that the file does not give black. */
  private static byte[] palette(ByteView data) {
    byte[] colours = new byte[3 * 256];
    int chunk = find(data, "PLTE", 8);
    if (chunk >= 0) {
      int length = (int) Math.min(data.u32(chunk), colours.length);
      System.arraycopy(data.bytes(), chunk + 8, colours, 0, length);
    }
    return colours;
  }
}
