package io.github.repvgg4j.deploy.quantize.scale;

/**
 * Magnitudes of a tensor's numbers, whatever there are of them, in memory that does not grow: where
 * a number lies beyond the last bin, bins are joined in pairs. Zeros, which every scale writes
 * exactly, are counted apart.
 */
public final class Histogram {

  /** Half of them at least are below the largest number. */
  public static final int BINS = 8192;

  private final long[] counts = new long[BINS];
  private double range;
  private double largest;
  private long zeros;

  /** Counts numbers; those that are not finite are refused. */
  public void add(float[] values) {
    double most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    if (!Double.isFinite(most)) {
      throw new IllegalArgumentException("a number that is not finite: " + most);
    }
    grow(most);
    double scale = range == 0 ? 0 : BINS / range;
    for (float value : values) {
      if (value == 0) {
        zeros++;
      } else {
        counts[Math.min((int) (Math.abs(value) * scale), BINS - 1)]++;
      }
    }
  }

  private void grow(double most) {
    largest = Math.max(largest, most);
    if (range == 0) {
      range = most;
    }
    while (range > 0 && range < most) {
      for (int i = 0; i < BINS; i++) {
        counts[i] = i < BINS / 2 ? counts[2 * i] + counts[2 * i + 1] : 0;
      }
      range *= 2;
    }
  }

  /** Largest magnitude. */
  public double largest() {
    return largest;
  }

  /** Numbers that are not 0. */
  public long nonZeros() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** Numbers that are 0. */
  public long zeros() {
    return zeros;
  }

  /** Numbers in bin {@code bin}. */
  public long count(int bin) {
    return counts[bin];
  }

  /** Width of a bin. */
  public double width() {
    return range / BINS;
  }

  /** The middle of bin {@code bin}, within what was seen. */
  public double middle(int bin) {
    return Math.min((bin + 0.5) * width(), largest);
  }
}
