package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.ByteView;
import java.util.Arrays;

/** What arithmetic coding takes for small and large (DAC segments, ITU-T T.81, B.2.4.3). */
final class Conditioning {

  static final int SLOTS = 16;

  private final int[] dcLow = new int[SLOTS];
  private final int[] dcHigh = new int[SLOTS];
  private final int[] acLow = new int[SLOTS];

  Conditioning() {
    Arrays.fill(dcHigh, 1);
    Arrays.fill(acLow, 5);
  }

  /** Takes a DAC segment. */
  void read(ByteView data, int from, int end) {
    for (int at = from; at + 1 < end; at += 2) {
      int slot = data.u8(at) & 15;
      int value = data.u8(at + 1);
      if (data.u8(at) >> 4 == 0) {
        dcLow[slot] = value & 15;
        dcHigh[slot] = value >> 4;
      } else {
        acLow[slot] = value;
      }
    }
  }

  /** The next difference's first context, by the size of this one (F.1.4.4.1.2). */
  int context(int slot, int size, int sign) {
    if (size < 1 << dcLow[slot] >> 1) {
      return 0;
    }
    return (size > 1 << dcHigh[slot] >> 1 ? 12 : 4) + 4 * sign;
  }

  /** The last place of a coefficient of low frequency. */
  int low(int slot) {
    return acLow[slot];
  }
}
