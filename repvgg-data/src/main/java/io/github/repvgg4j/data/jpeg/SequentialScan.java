package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.JpegFrame;
import java.util.Arrays;
import java.util.List;

/** Huffman-coded blocks that are whole (ITU-T T.81, F.2.2). */
final class SequentialScan extends Scan {

  private final HuffmanDecoder[] dc;
  private final HuffmanDecoder[] ac;
  private final int[] previous;

  /**
   * @param dc of each plane, for first coefficients
   * @param ac of each plane, for the others
   */
  SequentialScan(
      JpegFrame frame,
      List<Plane> planes,
      BitReader bits,
      HuffmanDecoder[] dc,
      HuffmanDecoder[] ac) {
    super(frame, planes, bits);
    this.dc = dc;
    this.ac = ac;
    this.previous = new int[planes.size()];
  }

  @Override
  void restart() {
    Arrays.fill(previous, 0);
  }

  @Override
  int decode(int member, short[] into, int at) {
    int size = bits.decode(dc[member]);
    previous[member] += HuffmanDecoder.extend(bits.read(size), size);
    into[at] = (short) previous[member];
    return others(ac[member], into, at);
  }

  /**
   * The last coefficient's place. Bits are held in local variables: most of the time of decoding is
   * spent here.
   */
  private int others(HuffmanDecoder table, short[] into, int at) {
    int[] whole = table.coefficients;
    int[] zigzag = ZIGZAG;
    long held = bits.held;
    int count = bits.count;
    int k = 1;
    while (k < 64) {
      if (count < BitReader.FILLED) {
        bits.held = held;
        bits.count = count;
        bits.fill();
        held = bits.held;
        count = bits.count;
      }
      int next = (int) (held >>> count - HuffmanDecoder.MAX_BITS) & 0xffff;
      int known = whole[next >> HuffmanDecoder.MAX_BITS - HuffmanDecoder.COEFFICIENT_BITS];
      if (known != 0) {
        count -= known & 15;
        int place = k + (known >> 4 & 127);
        int value = known >> 11;
        if (value == 0) {
          break;
        }
        into[at + zigzag[place]] = (short) value;
        k = place + 1;
        continue;
      }
      int symbol = table.symbol(next);
      int size = symbol & 15;
      count -= (symbol >> 8) + size;
      k += symbol >> 4 & 15;
      if (size == 0 && (symbol & 0xf0) != 0xf0) {
        k -= symbol >> 4 & 15;
        break;
      }
      if (size > 0) {
        int value = (int) (held >>> count) & (1 << size) - 1;
        into[at + zigzag[k]] = (short) HuffmanDecoder.extend(value, size);
      }
      k++;
    }
    bits.held = held;
    bits.count = count;
    return Math.min(k, 64) - 1;
  }
}
