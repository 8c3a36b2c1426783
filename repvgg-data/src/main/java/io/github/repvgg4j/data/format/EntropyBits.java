package io.github.repvgg4j.data.format;

/** The bits of a JPEG's entropy-coded data, without stuffed bytes (ITU-T T.81, F.2.2.5). */
final class EntropyBits {

  private final ByteView data;
  private int at;
  private int current;
  private int left;

  /** The data ends, or is none. */
  static final class Exhausted extends Exception {
    private static final long serialVersionUID = 1L;

    Exhausted() {
      super(null, null, false, false);
    }
  }

  EntropyBits(ByteView data, int at) {
    this.data = data;
    this.at = at;
  }

  int next() throws Exhausted {
    if (left == 0) {
      fill();
    }
    left--;
    return current >> left & 1;
  }

  private void fill() throws Exhausted {
    if (at >= data.length()) {
      throw new Exhausted();
    }
    current = data.u8(at);
    if (current == 0xff) {
      if (at + 1 >= data.length() || data.u8(at + 1) != 0) {
        throw new Exhausted();
      }
      at++;
    }
    at++;
    left = 8;
  }

  /** The next {@code count} bits as a number. */
  int next(int count) throws Exhausted {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | next();
    }
    return value;
  }

  /** Passes over the rest of the byte and a restart marker. */
  void restart() throws Exhausted {
    left = 0;
    while (data.has(at, 2) && data.u8(at) == 0xff && data.u8(at + 1) == 0xff) {
      at++;
    }
    if (!data.has(at, 2) || data.u8(at) != 0xff || (data.u8(at + 1) & 0xf8) != 0xd0) {
      throw new Exhausted();
    }
    at += 2;
  }

  /** First byte that was not read. */
  int position() {
    return at;
  }
}
