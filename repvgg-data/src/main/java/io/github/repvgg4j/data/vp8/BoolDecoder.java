package io.github.repvgg4j.data.vp8;

/** The arithmetic decoder of VP8 (RFC 6386, section 7). */
final class BoolDecoder {

  private static final int EVEN = 128;

  private final byte[] data;
  private final int end;
  private int at;
  private int value;
  private int range = 254;
  private int bits = -8;
  private int missing;

  BoolDecoder(byte[] data, int from, int end) {
    this.data = data;
    this.at = from;
    this.end = end;
  }

  /**
   * @param probability of a zero, of 256
   */
  int bit(int probability) {
    while (bits < 0) {
      load();
    }
    int split = range * probability >> 8;
    int result;
    int width;
    if (value >> bits > split) {
      width = range - split;
      value -= split + 1 << bits;
      result = 1;
    } else {
      width = split + 1;
      result = 0;
    }
    int shift = Integer.numberOfLeadingZeros(width) - 24;
    range = (width << shift) - 1;
    bits -= shift;
    return result;
  }

  private void load() {
    if (at >= end) {
      missing++;
    }
    value = value << 8 | (at < end ? data[at] & 0xff : 0);
    at++;
    bits += 8;
  }

  boolean flag() {
    return bit(EVEN) != 0;
  }

  int number(int width) {
    int number = 0;
    for (int i = 0; i < width; i++) {
      number = number << 1 | bit(EVEN);
    }
    return number;
  }

  /** A number and its sign. */
  int signed(int width) {
    int number = number(width);
    return flag() ? -number : number;
  }

  /** A signed number behind a flag; 0 where the flag is not set. */
  int optional(int width) {
    return flag() ? signed(width) : 0;
  }

  /** More was read than there is, apart from the few bytes that decoding looks ahead. */
  boolean exhausted() {
    return missing > 2;
  }
}
