package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.FormatFault;
import java.util.Arrays;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/** Symbols of one Huffman table by their next bits (ITU-T T.81, annex C and F.2.2.3). */
final class HuffmanDecoder {

  static final int MAX_BITS = 16;

  /** Codes of so many bits are looked up. */
  private static final int SHORT_BITS = 9;

  /** A symbol with its value of so many bits in all is looked up. */
  static final int COEFFICIENT_BITS = 10;

  /** More zeros than a block has room for. */
  private static final int END = 64;

  /** By the next bits: length of the code, 8 bits of symbol; 0 for longer codes. */
  private final short[] shortCodes = new short[1 << SHORT_BITS];

  /**
   * By the next bits: a whole coefficient, its value in the upper bits, then 7 bits for the zeros
   * before it, then 4 for the length; of a block's end, value 0 after {@link #END} zeros; 0 for
   * others.
   */
  final int[] coefficients = new int[1 << COEFFICIENT_BITS];

  /** Of each length: the first code behind its own, as the upper bits of 16. */
  private final int[] behind = new int[MAX_BITS + 1];

  /** Of each length: its first symbol's place, less its first code. */
  private final int[] offset = new int[MAX_BITS + 1];

  private final int[] counts;
  private final byte[] symbols;

  /** Tables K.3 and K.4 of the standard, which most files use. */
  static final HuffmanDecoder[] STANDARD_DC = {
    standard(JPEGHuffmanTable.StdDCLuminance), standard(JPEGHuffmanTable.StdDCChrominance)
  };

  /** Tables K.5 and K.6. */
  static final HuffmanDecoder[] STANDARD_AC = {
    standard(JPEGHuffmanTable.StdACLuminance), standard(JPEGHuffmanTable.StdACChrominance)
  };

  /**
   * @param counts how many codes there are of 1 to 16 bits
   * @param symbols in the order of their codes
   */
  static HuffmanDecoder of(int[] counts, byte[] symbols) throws FormatFault {
    for (HuffmanDecoder[] pair : new HuffmanDecoder[][] {STANDARD_DC, STANDARD_AC}) {
      for (HuffmanDecoder known : pair) {
        if (Arrays.equals(counts, known.counts) && Arrays.equals(symbols, known.symbols)) {
          return known;
        }
      }
    }
    int code = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      code += counts[bits - 1];
      if (code >= 1 << bits) { // no code is all ones
        throw new FormatFault("damaged: the JPEG has a wrong Huffman table");
      }
      code <<= 1;
    }
    return new HuffmanDecoder(counts, symbols);
  }

  private static HuffmanDecoder standard(JPEGHuffmanTable table) {
    int[] counts = new int[MAX_BITS];
    for (int i = 0; i < table.getLengths().length; i++) {
      counts[i] = table.getLengths()[i];
    }
    byte[] symbols = new byte[table.getValues().length];
    for (int i = 0; i < symbols.length; i++) {
      symbols[i] = (byte) table.getValues()[i];
    }
    return new HuffmanDecoder(counts, symbols);
  }

  private HuffmanDecoder(int[] counts, byte[] symbols) {
    this.counts = counts;
    this.symbols = symbols;
    int code = 0;
    int index = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      offset[bits] = index - code;
      for (int i = 0; i < counts[bits - 1]; i++) {
        enter(code++, bits, symbols[index++] & 0xff);
      }
      behind[bits] = code << MAX_BITS - bits;
      code <<= 1;
    }
  }

  private void enter(int code, int bits, int symbol) {
    if (bits <= SHORT_BITS) {
      int from = code << SHORT_BITS - bits;
      int to = from + (1 << SHORT_BITS - bits);
      Arrays.fill(shortCodes, from, to, (short) (bits << 8 | symbol));
    }
    int size = symbol & 15;
    int free = COEFFICIENT_BITS - bits - size;
    if (free < 0 || symbol == 0xf0) {
      return;
    }
    int zeros = size == 0 ? END : symbol >> 4;
    for (int value = 0; value < 1 << size; value++) {
      int from = (code << size | value) << free;
      int entry = extend(value, size) << 11 | zeros << 4 | bits + size;
      Arrays.fill(coefficients, from, from + (1 << free), entry);
    }
  }

  /** A value of {@code size} bits with its sign (T.81, figure F.12). */
  static int extend(int bits, int size) {
    return bits < 1 << size >> 1 ? bits + 1 - (1 << size) : bits;
  }

  /**
   * @param next 16 bits
   * @return the code's length, then 8 bits of symbol; symbol 0 where no code fits
   */
  int symbol(int next) {
    int known = shortCodes[next >> MAX_BITS - SHORT_BITS];
    if (known != 0) {
      return known;
    }
    for (int bits = SHORT_BITS + 1; bits <= MAX_BITS; bits++) {
      if (next < behind[bits]) {
        int index = (next >> MAX_BITS - bits) + offset[bits];
        return bits << 8 | symbols[index] & 0xff;
      }
    }
    return MAX_BITS << 8;
  }
}
