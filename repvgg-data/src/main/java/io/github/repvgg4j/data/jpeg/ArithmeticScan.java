package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.JpegFrame;
import java.util.Arrays;
import java.util.List;

/**
 * Arithmetic-coded blocks, whole or in part (ITU-T T.81, F.2.4 and G.2.3). Statistics belong to the
 * slots of tables that the scan names.
 */
final class ArithmeticScan extends Scan {

  /** Contexts of the first coefficient's magnitude (table F.4). */
  private static final int DC_MAGNITUDE = 20;

  /** Contexts of the others' magnitudes, by their place (table F.5). */
  private static final int AC_LOW = 189;

  private static final int AC_HIGH = 217;

  /** From contexts of a magnitude's size to those of its bits. */
  private static final int TO_BITS = 14;

  private static final int LARGEST = 0x8000;

  private final Band band;
  private final Conditioning conditioning;
  private final int[] slots;
  private final ArithmeticReader reader;
  private final byte[][] dc = new byte[Conditioning.SLOTS][64];
  private final byte[][] ac = new byte[Conditioning.SLOTS][256];
  private final byte[] fixed = {ArithmeticReader.FIXED};
  private final int[] previous;
  private final int[] context;

  /** Data makes no sense; blocks are left alone until the next restart marker. */
  private boolean lost;

  /**
   * @param slots of each plane, for the first coefficient in the upper four bits
   */
  ArithmeticScan(
      JpegFrame frame,
      List<Plane> planes,
      BitReader bits,
      Band band,
      Conditioning conditioning,
      int[] slots) {
    super(frame, planes, bits);
    this.band = band;
    this.conditioning = conditioning;
    this.slots = slots;
    this.reader = new ArithmeticReader(bits);
    this.previous = new int[planes.size()];
    this.context = new int[planes.size()];
  }

  @Override
  void restart() {
    for (int i = 0; i < Conditioning.SLOTS; i++) {
      Arrays.fill(dc[i], (byte) 0);
      Arrays.fill(ac[i], (byte) 0);
    }
    Arrays.fill(previous, 0);
    Arrays.fill(context, 0);
    reader.restart();
    lost = false;
  }

  @Override
  int decode(int member, short[] into, int at) {
    int bit = 1 << band.low();
    if (band.first() == 0 && band.refines()) {
      into[at] |= (short) (half() * bit);
    } else if (band.first() == 0 && !lost) {
      first(member, slots[member] >> 4);
      into[at] = (short) (previous[member] * bit);
    }
    if (band.last() > 0 && !lost) {
      if (band.refines()) {
        refine(ac[slots[member] & 15], into, at);
      } else {
        others(slots[member] & 15, into, at);
      }
    }
    return 63;
  }

  /** A decision of equal odds. */
  private int half() {
    return reader.decide(fixed, 0);
  }

  private void first(int member, int slot) {
    byte[] states = dc[slot];
    int at = context[member];
    if (reader.decide(states, at) == 0) {
      context[member] = 0;
      return;
    }
    int sign = reader.decide(states, at + 1);
    at += 2 + sign;
    int size = reader.decide(states, at);
    if (size != 0) {
      at = DC_MAGNITUDE;
      while (reader.decide(states, at) != 0) {
        size <<= 1;
        if (size == LARGEST) {
          lost = true;
          return;
        }
        at++;
      }
    }
    context[member] = conditioning.context(slot, size, sign);
    previous[member] += signed(states, at + TO_BITS, size, sign);
  }

  private int signed(byte[] states, int at, int size, int sign) {
    int value = size;
    for (int bit = size >> 1; bit != 0; bit >>= 1) {
      value |= reader.decide(states, at) * bit;
    }
    return sign == 0 ? value + 1 : -value - 1;
  }

  private void others(int slot, short[] into, int from) {
    byte[] states = ac[slot];
    for (int k = Math.max(1, band.first()); k <= band.last(); k++) {
      if (reader.decide(states, 3 * (k - 1)) != 0) {
        return;
      }
      while (reader.decide(states, 3 * (k - 1) + 1) == 0) {
        if (++k > band.last()) {
          lost = true;
          return;
        }
      }
      int sign = half();
      int at = 3 * (k - 1) + 2;
      int size = reader.decide(states, at);
      if (size != 0 && reader.decide(states, at) != 0) {
        size <<= 1;
        at = k <= conditioning.low(slot) ? AC_LOW : AC_HIGH;
        while (reader.decide(states, at) != 0) {
          size <<= 1;
          if (size == LARGEST) {
            lost = true;
            return;
          }
          at++;
        }
      }
      int value = signed(states, at + TO_BITS, size, sign);
      into[from + ZIGZAG[k]] = (short) (value * (1 << band.low()));
    }
  }

  private void refine(byte[] states, short[] into, int from) {
    int bit = 1 << band.low();
    int end = band.last();
    while (end > 0 && into[from + ZIGZAG[end]] == 0) {
      end--;
    }
    for (int k = band.first(); k <= band.last(); k++) {
      if (k > end && reader.decide(states, 3 * (k - 1)) != 0) {
        return;
      }
      while (into[from + ZIGZAG[k]] == 0 && reader.decide(states, 3 * (k - 1) + 1) == 0) {
        if (++k > band.last()) {
          lost = true;
          return;
        }
      }
      int place = from + ZIGZAG[k];
      if (into[place] == 0) {
        into[place] = (short) (half() == 0 ? bit : -bit);
      } else if (reader.decide(states, 3 * (k - 1) + 2) != 0) {
        into[place] += (short) (into[place] < 0 ? -bit : bit);
      }
    }
  }
}
