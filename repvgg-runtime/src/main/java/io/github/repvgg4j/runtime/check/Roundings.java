package io.github.repvgg4j.runtime.check;

import java.util.Arrays;

/**
 * What a step's own roundings amount to, by the standard model fl(a op b) = (a op b)(1 + d), |d| <=
 * u (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1).
 *
 * @param worst of each number of the result: never exceeded
 * @param variance of each number, where roundings are independent and spread evenly over [-u, u]
 *     (Higham and Mary, SIAM J. Sci. Comput. 41, 2019)
 */
@SuppressWarnings("ArrayRecordComponent")
record Roundings(double[] worst, double[] variance) {

  /** Unit roundoff of float32: half the distance from 1 to the next number. */
  private static final double UNIT = 0x1p-24;

  /** Nothing is rounded. */
  static Roundings none(Plane out) {
    return new Roundings(new double[out.values().length], new double[out.values().length]);
  }

  /**
   * Of numbers that are rounded several times.
   *
   * @param sizes the most that a number, or a part of the sum that it is, can have when it is
   *     rounded
   * @param times the most roundings
   */
  static Roundings of(double[] sizes, double times) {
    return new Roundings(
        Arrays.stream(sizes).map(size -> worst(times) * size).toArray(),
        Arrays.stream(sizes).map(size -> variance(times) * size * size).toArray());
  }

  /**
   * Of sums of products, in whatever order. A part of such a sum is no larger than the sum of the
   * positive or of the negative products, which is half of what their sizes and the sum make
   * together; each addition rounds one part, and each product may be rounded before.
   *
   * @param sizes sums of the products' sizes
   * @param sums of the products
   * @param terms the most products of one sum that are not zero
   */
  static Roundings ofSums(double[] sizes, double[] sums, double terms) {
    double[] parts = new double[sizes.length];
    Arrays.setAll(parts, i -> (sizes[i] + Math.abs(sums[i])) / 2);
    return of(parts, terms + 2);
  }

  /** In units of what is rounded, for that many roundings. */
  static double worst(double times) {
    return times * UNIT / (1 - times * UNIT);
  }

  /** In units of the square of what is rounded, for that many roundings. */
  static double variance(double times) {
    return Math.min(worst(times) * worst(times), times / 3 * UNIT * UNIT);
  }
}
