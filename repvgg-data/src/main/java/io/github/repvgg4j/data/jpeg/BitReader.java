package io.github.repvgg4j.data.jpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a scan's entropy-coded data, without stuffed bytes (ITU-T T.81, F.2.2.5). Behind the
 * next marker there are zeros without end, as with libjpeg. Fields are open to the package, for
 * loops that keep them in registers.
 */
final class BitReader {

  /** {@link #fill} leaves at least as many bits. */
  static final int FILLED = 32;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] data;

  /** The first byte that was not taken; at a marker it stays there. */
  private int at;

  /** The lowest {@link #count} bits are to be read. */
  long held;

  int count;

  /** How many of the bits held, the lowest, stand for missing data. */
  private int missing;

  /** The scan's data ended before its blocks, and no restart marker has been seen since. */
  private boolean exhausted;

  BitReader(byte[] data, int at) {
    this.data = data;
    this.at = at;
  }

  /** Takes more bytes; to be called when fewer than {@link #FILLED} bits are held. */
  void fill() {
    if (at + 4 <= data.length) {
      int four = (int) INT.get(data, at);
      if (((~four - 0x01010101) & four & 0x80808080) == 0) { // none of them is 0xff
        held = held << 32 | four & 0xffffffffL;
        count += 32;
        at += 4;
        return;
      }
    }
    while (count < FILLED) {
      int next = nextByte();
      held = held << 8 | Math.max(next, 0);
      count += 8;
      missing += next < 0 ? 8 : 0;
    }
  }

  /** -1 at a marker and at the end. */
  int nextByte() {
    if (at >= data.length) {
      return -1;
    }
    int value = data[at] & 0xff;
    if (value < 0xff) {
      at++;
      return value;
    }
    int code = at + 1;
    while (code < data.length && data[code] == (byte) 0xff) {
      code++;
    }
    if (code >= data.length || data[code] != 0) {
      return -1;
    }
    at = code + 1;
    return value;
  }

  /**
   * @param bits 0 to 16
   */
  int read(int bits) {
    if (count < bits) {
      fill();
    }
    count -= bits;
    return (int) (held >>> count) & (1 << bits) - 1;
  }

  int decode(HuffmanDecoder table) {
    if (count < HuffmanDecoder.MAX_BITS) {
      fill();
    }
    int found = table.symbol((int) (held >>> count - HuffmanDecoder.MAX_BITS) & 0xffff);
    count -= found >> 8;
    return found & 0xff;
  }

  /** Whether blocks are to be left as they are, since their data is missing. */
  boolean exhausted() {
    exhausted |= count < missing;
    return exhausted;
  }

  /**
   * Goes on behind a restart marker. When another stands there, the nearer of the two explanations
   * holds, as with libjpeg: data was lost, or a marker is wrong.
   *
   * @param expected 0 to 7
   */
  void restart(int expected) {
    held = 0;
    count = 0;
    missing = 0;
    for (int code = findMarker(); code >= 0; code = findMarker()) {
      int ahead = code - 0xd0 - expected & 7;
      boolean restarts = (code & 0xf8) == 0xd0;
      if (code >= 0xc0 && (!restarts || ahead == 1 || ahead == 2)) {
        return; // the blocks up to there are missing
      }
      at += 2;
      if (restarts && ahead < 6) {
        exhausted = false;
        return;
      }
    }
  }

  /** Stays at the next marker; its code, or -1 at the end. */
  private int findMarker() {
    while (at + 1 < data.length) {
      int code = data[at + 1] & 0xff;
      if (data[at] == (byte) 0xff && code != 0 && code != 0xff) {
        return code;
      }
      at++;
    }
    return -1;
  }

  int position() {
    return at;
  }
}
