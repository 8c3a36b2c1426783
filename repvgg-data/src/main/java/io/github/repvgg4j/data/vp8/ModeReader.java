package io.github.repvgg4j.data.vp8;

import java.util.Arrays;

/** Reads how macroblocks are predicted (RFC 6386, sections 10 and 11). */
final class ModeReader {

  /** Leaves are ~mode, inner nodes the index of their pair. */
  private static final int[] SUBBLOCK_TREE = {
    ~0, 2, ~1, 4, ~2, 6, 8, 12, ~3, 10, ~5, ~6, ~4, 14, ~7, 16, ~8, ~9
  };

  private final Vp8Header header;
  private final BoolDecoder bits;
  private final int[] above;
  private final int[] left = new int[4];

  ModeReader(Vp8Header header, int columns) {
    this.header = header;
    this.bits = header.modes;
    this.above = new int[4 * columns];
  }

  void startRow() {
    Arrays.fill(left, 0);
  }

  void read(Macroblock block, int column) {
    int[] tree = header.segmentTree;
    block.segment =
        !header.segmentMap ? 0 : bits.bit(tree[0]) == 0 ? bits.bit(tree[1]) : 2 + bits.bit(tree[2]);
    block.skipped = header.skipProbability >= 0 && bits.bit(header.skipProbability) != 0;
    block.bySubblocks = bits.bit(145) == 0;
    if (block.bySubblocks) {
      subblocks(block, column);
    } else {
      int mode =
          bits.bit(156) != 0
              ? bits.bit(128) != 0 ? Macroblock.TRUE_MOTION : Macroblock.HORIZONTAL
              : bits.bit(163) != 0 ? Macroblock.VERTICAL : Macroblock.DC;
      Arrays.fill(block.modes, mode);
      Arrays.fill(left, mode);
      Arrays.fill(above, 4 * column, 4 * column + 4, mode);
    }
    block.chromaMode =
        bits.bit(142) == 0
            ? Macroblock.DC
            : bits.bit(114) == 0
                ? Macroblock.VERTICAL
                : bits.bit(183) != 0 ? Macroblock.TRUE_MOTION : Macroblock.HORIZONTAL;
  }

  private void subblocks(Macroblock block, int column) {
    for (int i = 0; i < 16; i++) {
      int x = 4 * column + i % 4;
      int y = i / 4;
      int probabilities = 9 * (10 * above[x] + left[y]);
      int node = 0;
      do {
        node = SUBBLOCK_TREE[node + bits.bit(Vp8Tables.SUBBLOCK_MODES[probabilities + node / 2])];
      } while (node >= 0);
      block.modes[i] = ~node;
      above[x] = ~node;
      left[y] = ~node;
    }
  }
}
