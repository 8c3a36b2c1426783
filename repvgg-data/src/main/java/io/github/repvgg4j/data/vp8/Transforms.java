package io.github.repvgg4j.data.vp8;

/** The inverse transforms (RFC 6386, sections 14.3 and 14.4). */
final class Transforms {

  private Transforms() {}

  /**
   * Spreads the first coefficients.
   *
   * @param in 16 values
   * @param out receives one for each of 16 blocks of 16
   */
  static void hadamard(int[] in, int[] out) {
    int[] t = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[i] + in[12 + i];
      int b = in[4 + i] + in[8 + i];
      int c = in[4 + i] - in[8 + i];
      int d = in[i] - in[12 + i];
      t[i] = a + b;
      t[8 + i] = a - b;
      t[4 + i] = d + c;
      t[12 + i] = d - c;
    }
    for (int i = 0; i < 4; i++) {
      int first = t[4 * i] + 3;
      int a = first + t[4 * i + 3];
      int b = t[4 * i + 1] + t[4 * i + 2];
      int c = t[4 * i + 1] - t[4 * i + 2];
      int d = first - t[4 * i + 3];
      out[64 * i] = a + b >> 3;
      out[64 * i + 16] = d + c >> 3;
      out[64 * i + 32] = a - b >> 3;
      out[64 * i + 48] = d - c >> 3;
    }
  }

  /** Adds the cosine transform of 16 coefficients to 4 x 4 samples. */
  static void addCosine(int[] in, int from, Plane plane, int at) {
    int[] t = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[from + i] + in[from + 8 + i];
      int b = in[from + i] - in[from + 8 + i];
      int c = small(in[from + 4 + i]) - large(in[from + 12 + i]);
      int d = large(in[from + 4 + i]) + small(in[from + 12 + i]);
      t[4 * i] = a + d;
      t[4 * i + 1] = b + c;
      t[4 * i + 2] = b - c;
      t[4 * i + 3] = a - d;
    }
    for (int y = 0; y < 4; y++) {
      int first = t[y] + 4;
      int a = first + t[8 + y];
      int b = first - t[8 + y];
      int c = small(t[4 + y]) - large(t[12 + y]);
      int d = large(t[4 + y]) + small(t[12 + y]);
      int row = at + y * plane.stride;
      plane.set(row, plane.get(row) + (a + d >> 3));
      plane.set(row + 1, plane.get(row + 1) + (b + c >> 3));
      plane.set(row + 2, plane.get(row + 2) + (b - c >> 3));
      plane.set(row + 3, plane.get(row + 3) + (a - d >> 3));
    }
  }

  private static int small(int value) {
    return value * 35468 >> 16;
  }

  private static int large(int value) {
    return (value * 20091 >> 16) + value;
  }
}
