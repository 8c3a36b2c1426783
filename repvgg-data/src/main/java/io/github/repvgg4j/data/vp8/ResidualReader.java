package io.github.repvgg4j.data.vp8;

import java.util.Arrays;

/** Reads and dequantises coefficients (RFC 6386, sections 13 and 14). */
final class ResidualReader {

  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
  private static final int[][] LARGE = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };
  private static final int BAND = 3 * 11;
  private static final int TYPE = 8 * BAND;
  private static final int WITHOUT_FIRST = 0;
  private static final int SECOND = TYPE;
  private static final int CHROMA = 2 * TYPE;
  private static final int LUMA = 3 * TYPE;

  /** Nine a macroblock: four luma, two blue, two red, one of first coefficients. */
  private static final int CONTEXTS = 9;

  private final Vp8Header header;
  private final int[] probabilities;
  private final int[] above;
  private final int[] left = new int[CONTEXTS];
  private final int[] second = new int[16];
  private BoolDecoder bits;

  ResidualReader(Vp8Header header, int columns) {
    this.header = header;
    this.probabilities = header.coefficients;
    this.above = new int[CONTEXTS * columns];
  }

  void startRow(int row) {
    bits = header.partitions[row & header.partitions.length - 1];
    Arrays.fill(left, 0);
  }

  /** Whether any coefficient is not zero. */
  boolean read(Macroblock block, int column) {
    int top = CONTEXTS * column;
    Arrays.fill(block.coefficients, 0);
    if (block.skipped) {
      int kept = block.bySubblocks ? 8 : CONTEXTS;
      Arrays.fill(left, 0, kept, 0);
      Arrays.fill(above, top, top + kept, 0);
      return false;
    }
    Vp8Header.Segment segment = header.segments[block.segment];
    int first = 0;
    if (!block.bySubblocks) {
      second(block, top, segment);
      first = 1;
    }
    int type = block.bySubblocks ? LUMA : WITHOUT_FIRST;
    for (int i = 0; i < 16; i++) {
      block(block.coefficients, 16 * i, type, i / 4, top + i % 4, first, segment.luma());
    }
    for (int i = 0; i < 8; i++) {
      int plane = 4 + i / 4 * 2;
      int x = top + plane + i % 2;
      block(block.coefficients, 16 * (16 + i), CHROMA, plane + i / 2 % 2, x, 0, segment.chroma());
    }
    return Arrays.stream(block.coefficients).anyMatch(c -> c != 0);
  }

  private void second(Macroblock block, int top, Vp8Header.Segment segment) {
    Arrays.fill(second, 0);
    block(second, 0, SECOND, 8, top + 8, 0, segment.second());
    Transforms.hadamard(second, block.coefficients);
  }

  private void block(int[] out, int at, int type, int y, int x, int first, int[] steps) {
    int end = tokens(out, at, type, left[y] + above[x], first, steps);
    left[y] = end > first ? 1 : 0;
    above[x] = left[y];
  }

  /** The index behind the last token. */
  private int tokens(int[] out, int at, int type, int context, int first, int[] steps) {
    int n = first;
    int p = type + BANDS[n] * BAND + context * 11;
    while (n < 16) {
      if (bits.bit(probabilities[p]) == 0) {
        return n;
      }
      while (bits.bit(probabilities[p + 1]) == 0) {
        n++;
        if (n == 16) {
          return 16;
        }
        p = type + BANDS[n] * BAND;
      }
      boolean one = bits.bit(probabilities[p + 2]) == 0;
      int value = one ? 1 : large(p);
      p = type + BANDS[n + 1] * BAND + (one ? 1 : 2) * 11;
      out[at + ZIGZAG[n]] = (bits.flag() ? -value : value) * steps[n > 0 ? 1 : 0];
      n++;
    }
    return 16;
  }

  private int large(int p) {
    if (bits.bit(probabilities[p + 3]) == 0) {
      return bits.bit(probabilities[p + 4]) == 0 ? 2 : 3 + bits.bit(probabilities[p + 5]);
    }
    if (bits.bit(probabilities[p + 6]) == 0) {
      if (bits.bit(probabilities[p + 7]) == 0) {
        return 5 + bits.bit(159);
      }
      int high = 2 * bits.bit(165);
      return 7 + high + bits.bit(145);
    }
    int high = bits.bit(probabilities[p + 8]);
    int category = 2 * high + bits.bit(probabilities[p + 9 + high]);
    int extra = 0;
    for (int probability : LARGE[category]) {
      extra = 2 * extra + bits.bit(probability);
    }
    return 3 + (8 << category) + extra;
  }
}
