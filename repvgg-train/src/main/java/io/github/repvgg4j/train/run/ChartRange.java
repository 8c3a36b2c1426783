package io.github.repvgg4j.train.run;

/**
 * What charts can show: XChart looks for ticks of an axis one by one, and from about 1e20 on it
 * would never find one, or beyond float64's range fail.
 */
public final class ChartRange {

  /** No loss that anybody reads off a picture. */
  public static final double LARGEST = 1e6;

  private ChartRange() {}

  /** The number, or the border of the range beyond which it lies. */
  public static double within(double value) {
    return Math.min(Math.max(value, -LARGEST), LARGEST);
  }
}
