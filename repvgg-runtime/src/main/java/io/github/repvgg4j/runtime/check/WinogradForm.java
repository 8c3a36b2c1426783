package io.github.repvgg4j.runtime.check;

/**
 * Winograd's convolution of a 3x3 kernel g with a tile d: A' [(G g G') o (B' d B)] A, where ' is
 * the transpose and o the product number by number (Lavin and Gray, arXiv 1509.09308), with the
 * points of oneDNN 2.5.2: 0, 1, -1, infinity; and 0, 5/8, -5/8, 3/2, -3/2, infinity.
 */
enum WinogradForm {
  F2(
      new double[][] {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}},
      new double[][] {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
      new double[][] {{1, 1, 1, 0}, {0, 1, -1, -1}},
      // of one direction: three products and their sum; one difference; two sums
      2 * (3 + 1 + 2)),
  F4(
      new double[][] {
        {1 / Points.ZERO, 0, 0},
        {1 / Points.A, Points.P / Points.A, Points.P * Points.P / Points.A},
        {1 / Points.A, -Points.P / Points.A, Points.P * Points.P / Points.A},
        {1 / Points.B, Points.Q / Points.B, Points.Q * Points.Q / Points.B},
        {1 / Points.B, -Points.Q / Points.B, Points.Q * Points.Q / Points.B},
        {0, 0, 1}
      },
      new double[][] {
        {Points.ZERO, 0, -2.640625, 0, 1, 0},
        {0, -1.40625, -2.25, 0.625, 1, 0},
        {0, 1.40625, -2.25, -0.625, 1, 0},
        {0, -0.5859375, -0.390625, 1.5, 1, 0},
        {0, 0.5859375, -0.390625, -1.5, 1, 0},
        {0, Points.ZERO, 0, -2.640625, 0, 1}
      },
      new double[][] {
        {1, 1, 1, 1, 1, 0},
        {0, 0.625, -0.625, 1.5, -1.5, 0},
        {0, 0.390625, 0.390625, 2.25, 2.25, 0},
        {0, 0.244140625, -0.244140625, 3.375, -3.375, 1}
      },
      // of one direction: a rounded constant, a product, two sums; twice a product and a sum; a
      // sum, a product, two sums
      2 * (4 + 4 + 4));

  /** The points of F(4x4, 3x3) and the derivatives there of x (x^2 - P^2)(x^2 - Q^2). */
  private static final class Points {
    private static final double P = 0.625;
    private static final double Q = 1.5;
    private static final double ZERO = P * P * Q * Q;
    private static final double A = 2 * P * P * (P * P - Q * Q);
    private static final double B = 2 * Q * Q * (Q * Q - P * P);
  }

  private final Transform ofKernel;
  private final Transform ofTile;
  private final Transform ofResult;
  private final int side;
  private final int roundings;

  WinogradForm(double[][] g, double[][] b, double[][] a, int roundings) {
    this.ofKernel = Transform.of(g);
    this.ofTile = Transform.of(b);
    this.ofResult = Transform.of(a);
    this.side = b.length;
    this.roundings = roundings;
  }

  /** {@code G g G'} */
  Transform ofKernel() {
    return ofKernel;
  }

  /** {@code B' d B} */
  Transform ofTile() {
    return ofTile;
  }

  /** {@code A' m A} */
  Transform ofResult() {
    return ofResult;
  }

  /** Of a tile that is read. */
  int side() {
    return side;
  }

  /** Of a tile that is written. */
  int step() {
    return side - 2;
  }

  /** Of all transforms together, the most that one summand goes through. */
  int roundings() {
    return roundings;
  }
}
