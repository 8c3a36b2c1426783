package io.github.repvgg4j.data.format;

/** Decodes one table's symbols bit by bit (ITU-T T.81, F.2.2.3, figure F.16). */
final class HuffmanTable {

  private static final int MAX_BITS = 16;

  private final int[] firstCode = new int[MAX_BITS + 1];
  private final int[] firstIndex = new int[MAX_BITS + 1];
  private final int[] counts = new int[MAX_BITS + 1];
  private final ByteView data;
  private final int symbols;

  /**
   * @param at of the sixteen counts in the file, the symbols behind them
   */
  HuffmanTable(ByteView data, int at) {
    this.data = data;
    this.symbols = at + MAX_BITS;
    int code = 0;
    int index = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      counts[bits] = data.u8(at + bits - 1);
      firstCode[bits] = code;
      firstIndex[bits] = index;
      code = (code + counts[bits]) << 1;
      index += counts[bits];
    }
  }

  static int length(ByteView data, int at) {
    int length = MAX_BITS;
    for (int i = 0; i < MAX_BITS; i++) {
      length += data.u8(at + i);
    }
    return length;
  }

  int decode(EntropyBits bits) throws EntropyBits.Exhausted {
    int code = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      code = code << 1 | bits.next();
      int index = code - firstCode[length];
      if (index >= 0 && index < counts[length]) {
        return data.u8(symbols + firstIndex[length] + index);
      }
    }
    throw new EntropyBits.Exhausted();
  }
}
