package io.github.repvgg4j.data.format;

import io.github.repvgg4j.data.format.JpegFrame.Component;
import java.util.Arrays;
import java.util.List;

/** Which bits of which coefficients a JPEG's scans have brought, by what their headers say. */
final class JpegProgress {

  static final int COEFFICIENTS = 64;
  private static final int UNSEEN = 99;

  private final JpegFrame frame;
  private final int[][] bitsToCome;

  JpegProgress(JpegFrame frame) {
    this.frame = frame;
    this.bitsToCome = new int[frame.components().size()][COEFFICIENTS];
    for (int[] plane : bitsToCome) {
      Arrays.fill(plane, UNSEEN);
    }
  }

  /** Counts a scan; a damaged header counts for nothing. */
  void add(ByteView data, int at, int end) {
    int count = end > at ? data.u8(at) : 0;
    int tail = at + 1 + 2 * count;
    if (end - tail < 3) {
      return;
    }
    int first = frame.progressive() ? data.u8(tail) : 0;
    int last = frame.progressive() ? data.u8(tail + 1) : COEFFICIENTS - 1;
    int bits = frame.progressive() ? data.u8(tail + 2) & 15 : 0;
    for (int i = 0; i < count && first <= last && last < COEFFICIENTS; i++) {
      int plane = plane(data.u8(at + 1 + 2 * i));
      if (plane >= 0) {
        Arrays.fill(bitsToCome[plane], first, last + 1, bits);
      }
    }
  }

  private int plane(int id) {
    List<Component> components = frame.components();
    for (int i = 0; i < components.size(); i++) {
      if (components.get(i).id() == id) {
        return i;
      }
    }
    return -1;
  }

  /** Every bit of every coefficient was in a scan. */
  boolean complete() {
    return Arrays.stream(bitsToCome).flatMapToInt(Arrays::stream).allMatch(bits -> bits == 0);
  }
}
