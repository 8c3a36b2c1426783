package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.JpegFrame;
import java.util.Arrays;
import java.util.List;

/** Huffman-coded parts of coefficients: a band of them, some of their bits (ITU-T T.81, G.1.2). */
final class ProgressiveScan extends Scan {

  private final Band band;
  private final HuffmanDecoder[] tables;
  private final int[] previous;
  private int blocksWithoutMore;

  /**
   * @param tables of each plane, for first coefficients or for the others, as the band needs
   */
  ProgressiveScan(
      JpegFrame frame, List<Plane> planes, BitReader bits, Band band, HuffmanDecoder[] tables) {
    super(frame, planes, bits);
    this.band = band;
    this.tables = tables;
    this.previous = new int[planes.size()];
  }

  @Override
  void restart() {
    Arrays.fill(previous, 0);
    blocksWithoutMore = 0;
  }

  @Override
  int decode(int member, short[] block, int at) {
    if (band.first() == 0 && band.refines()) {
      block[at] |= (short) (bits.read(1) << band.low());
    } else if (band.first() == 0) {
      int size = bits.decode(tables[member]);
      previous[member] += HuffmanDecoder.extend(bits.read(size), size);
      block[at] = (short) (previous[member] << band.low());
    } else if (blocksWithoutMore == 0 || band.refines()) {
      others(tables[member], block, at);
    } else {
      blocksWithoutMore--;
    }
    return 63;
  }

  private void others(HuffmanDecoder table, short[] block, int at) {
    int k = band.first();
    while (blocksWithoutMore == 0 && k <= band.last()) {
      int symbol = bits.decode(table);
      int run = symbol >> 4;
      int size = symbol & 15;
      if (size == 0 && run < 15) {
        blocksWithoutMore = (1 << run) + bits.read(run);
        break;
      }
      int value = 0;
      if (size > 0) {
        int read = band.refines() ? bits.read(1) : bits.read(size);
        value = HuffmanDecoder.extend(read, band.refines() ? 1 : size) * (1 << band.low());
      }
      k = band.refines() ? refined(block, at, k, run) : k + run;
      if (value != 0) {
        block[at + ZIGZAG[k]] = (short) value;
      }
      k++;
    }
    if (blocksWithoutMore > 0) {
      if (band.refines()) {
        refined(block, at, k, 64);
      }
      blocksWithoutMore--;
    }
  }

  /** Passes {@code run} zeros and stops at the next, refining what is not zero. */
  private int refined(short[] block, int at, int from, int run) {
    int zeros = run;
    int bit = 1 << band.low();
    for (int k = from; k <= band.last(); k++) {
      int place = at + ZIGZAG[k];
      int value = block[place];
      if (value == 0) {
        if (--zeros < 0) {
          return k;
        }
      } else if (bits.read(1) != 0 && (value & bit) == 0) {
        block[place] += (short) (value > 0 ? bit : -bit);
      }
    }
    return band.last() + 1;
  }
}
