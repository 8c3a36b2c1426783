package io.github.repvgg4j.data.jpeg;

/**
 * The inverse cosine transform of 8 x 8 coefficients in integers of 13 fraction bits, after C.
 * Loeffler, A. Ligtenberg and G. Moschytz (1989); operation by operation what libjpeg calls
 * "islow", so that every pixel is the same.
 */
final class InverseDct {

  private static final int FRACTION = 13;

  /** What columns keep beyond whole numbers. */
  private static final int EXTRA = 2;

  /** Up to here all coefficients are among the first four of a row. */
  private static final int LAST_OF_FEW = 9;

  private static final int C0_298 = 2446;
  private static final int C0_390 = 3196;
  private static final int C0_541 = 4433;
  private static final int C0_765 = 6270;
  private static final int C0_899 = 7373;
  private static final int C1_175 = 9633;
  private static final int C1_501 = 12299;
  private static final int C1_847 = 15137;
  private static final int C1_961 = 16069;
  private static final int C2_053 = 16819;
  private static final int C2_562 = 20995;
  private static final int C3_072 = 25172;

  /** Of a result's lowest ten bits: 128 added, held within 0 to 255. */
  private static final short[] LEVELS = new short[1024];

  static {
    for (int i = 0; i < LEVELS.length; i++) {
      LEVELS[i] = (short) Levels.clamp((i < 512 ? i : i - 1024) + 128);
    }
  }

  private final int[] work = new int[64];

  /**
   * Transforms a block.
   *
   * @param coefficients 64 in rows, beginning at {@code from}
   * @param last place of the last that is not zero, in the file's order; 63 when it is not known
   * @param steps what each is multiplied by
   * @param plane takes 8 rows of 8, beginning at row {@code top} and column {@code left}
   */
  void transform(
      short[] coefficients, int from, int last, int[] steps, int[][] plane, int top, int left) {
    if (last <= LAST_OF_FEW) {
      for (int x = 0; x < 4; x++) {
        columnOfFew(coefficients, from + x, steps, x);
      }
      for (int y = 0; y < 8; y++) {
        rowOfFew(8 * y, plane[top + y], left);
      }
    } else {
      for (int x = 0; x < 8; x++) {
        column(coefficients, from + x, steps, x);
      }
      for (int y = 0; y < 8; y++) {
        row(8 * y, plane[top + y], left);
      }
    }
  }

  /** A block whose other coefficients are zero. */
  static void flat(int coefficient, int step, int[][] plane, int top, int left) {
    int level = LEVELS[(coefficient * step << EXTRA) + 16 >> 5 & 1023];
    for (int y = top; y < top + 8; y++) {
      int[] row = plane[y];
      for (int x = left; x < left + 8; x++) {
        row[x] = level;
      }
    }
  }

  private void column(short[] in, int at, int[] steps, int x) {
    int[] out = work;
    int v0 = in[at] * steps[x];
    if ((in[at + 8]
            | in[at + 16]
            | in[at + 24]
            | in[at + 32]
            | in[at + 40]
            | in[at + 48]
            | in[at + 56])
        == 0) {
      int level = v0 << EXTRA;
      for (int i = x; i < 64; i += 8) {
        out[i] = level;
      }
      return;
    }
    int v1 = in[at + 8] * steps[x + 8];
    int v2 = in[at + 16] * steps[x + 16];
    int v3 = in[at + 24] * steps[x + 24];
    int v4 = in[at + 32] * steps[x + 32];
    int v5 = in[at + 40] * steps[x + 40];
    int v6 = in[at + 48] * steps[x + 48];
    int v7 = in[at + 56] * steps[x + 56];

    int z = (v2 + v6) * C0_541;
    int e2 = z - v6 * C1_847;
    int e3 = z + v2 * C0_765;
    int e0 = v0 + v4 << FRACTION;
    int e1 = v0 - v4 << FRACTION;
    int round = 1 << FRACTION - EXTRA - 1;
    int a0 = e0 + e3 + round;
    int a3 = e0 - e3 + round;
    int a1 = e1 + e2 + round;
    int a2 = e1 - e2 + round;

    int z5 = (v7 + v3 + v5 + v1) * C1_175;
    int z1 = -(v7 + v1) * C0_899;
    int z2 = -(v5 + v3) * C2_562;
    int z3 = z5 - (v7 + v3) * C1_961;
    int z4 = z5 - (v5 + v1) * C0_390;
    int o0 = v7 * C0_298 + z1 + z3;
    int o1 = v5 * C2_053 + z2 + z4;
    int o2 = v3 * C3_072 + z2 + z3;
    int o3 = v1 * C1_501 + z1 + z4;

    int shift = FRACTION - EXTRA;
    out[x] = a0 + o3 >> shift;
    out[x + 56] = a0 - o3 >> shift;
    out[x + 8] = a1 + o2 >> shift;
    out[x + 48] = a1 - o2 >> shift;
    out[x + 16] = a2 + o1 >> shift;
    out[x + 40] = a2 - o1 >> shift;
    out[x + 24] = a3 + o0 >> shift;
    out[x + 32] = a3 - o0 >> shift;
  }

  /** A column whose last four values are zero: as {@link #column}, without them. */
  private void columnOfFew(short[] in, int at, int[] steps, int x) {
    int[] out = work;
    int v1 = in[at + 8] * steps[x + 8];
    int v2 = in[at + 16] * steps[x + 16];
    int v3 = in[at + 24] * steps[x + 24];
    int e0 = (in[at] * steps[x] << FRACTION) + (1 << FRACTION - EXTRA - 1);
    int e2 = v2 * C0_541;
    int e3 = v2 * (C0_541 + C0_765);
    int z5 = (v3 + v1) * C1_175;
    int o3 = v1 * (C1_501 - C0_899 - C0_390) + z5;
    int o2 = v3 * (C3_072 - C2_562 - C1_961) + z5;
    int o1 = z5 - v3 * C2_562 - v1 * C0_390;
    int o0 = z5 - v1 * C0_899 - v3 * C1_961;
    int shift = FRACTION - EXTRA;
    out[x] = e0 + e3 + o3 >> shift;
    out[x + 56] = e0 + e3 - o3 >> shift;
    out[x + 8] = e0 + e2 + o2 >> shift;
    out[x + 48] = e0 + e2 - o2 >> shift;
    out[x + 16] = e0 - e2 + o1 >> shift;
    out[x + 40] = e0 - e2 - o1 >> shift;
    out[x + 24] = e0 - e3 + o0 >> shift;
    out[x + 32] = e0 - e3 - o0 >> shift;
  }

  private void row(int from, int[] out, int to) {
    int[] in = work;
    int v1 = in[from + 1];
    int v2 = in[from + 2];
    int v3 = in[from + 3];
    int v5 = in[from + 5];
    int v6 = in[from + 6];
    int v7 = in[from + 7];

    int z = (v2 + v6) * C0_541;
    int e2 = z - v6 * C1_847;
    int e3 = z + v2 * C0_765;
    int e0 = in[from] + in[from + 4] << FRACTION;
    int e1 = in[from] - in[from + 4] << FRACTION;
    int round = 1 << FRACTION + EXTRA + 2;
    int a0 = e0 + e3 + round;
    int a3 = e0 - e3 + round;
    int a1 = e1 + e2 + round;
    int a2 = e1 - e2 + round;

    int z5 = (v7 + v3 + v5 + v1) * C1_175;
    int z1 = -(v7 + v1) * C0_899;
    int z2 = -(v5 + v3) * C2_562;
    int z3 = z5 - (v7 + v3) * C1_961;
    int z4 = z5 - (v5 + v1) * C0_390;
    int o0 = v7 * C0_298 + z1 + z3;
    int o1 = v5 * C2_053 + z2 + z4;
    int o2 = v3 * C3_072 + z2 + z3;
    int o3 = v1 * C1_501 + z1 + z4;

    pair(out, to, to + 7, a0, o3);
    pair(out, to + 1, to + 6, a1, o2);
    pair(out, to + 2, to + 5, a2, o1);
    pair(out, to + 3, to + 4, a3, o0);
  }

  /** A row whose last four values are zero: as {@link #row}, without them. */
  private void rowOfFew(int from, int[] out, int to) {
    int v1 = work[from + 1];
    int v2 = work[from + 2];
    int v3 = work[from + 3];
    int e0 = (work[from] << FRACTION) + (1 << FRACTION + EXTRA + 2);
    int e2 = v2 * C0_541;
    int e3 = v2 * (C0_541 + C0_765);
    int z5 = (v3 + v1) * C1_175;
    pair(out, to, to + 7, e0 + e3, v1 * (C1_501 - C0_899 - C0_390) + z5);
    pair(out, to + 1, to + 6, e0 + e2, v3 * (C3_072 - C2_562 - C1_961) + z5);
    pair(out, to + 2, to + 5, e0 - e2, z5 - v3 * C2_562 - v1 * C0_390);
    pair(out, to + 3, to + 4, e0 - e3, z5 - v1 * C0_899 - v3 * C1_961);
  }

  private static void pair(int[] out, int left, int right, int even, int odd) {
    int shift = FRACTION + EXTRA + 3;
    out[left] = LEVELS[even + odd >> shift & 1023];
    out[right] = LEVELS[even - odd >> shift & 1023];
  }
}
