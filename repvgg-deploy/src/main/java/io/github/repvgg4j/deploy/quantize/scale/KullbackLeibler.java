package io.github.repvgg4j.deploy.quantize.scale;

/**
 * The clip of least Kullback-Leibler divergence. Zeros are left out: a ReLU's share of them would
 * say nothing but that zero has a code.
 */
final class KullbackLeibler {

  private static final int BINS = 2048;
  private static final int JOINED = Histogram.BINS / BINS;

  private final double[] counts = new double[BINS];
  private final int used;
  private final int levels;

  private KullbackLeibler(Histogram seen, int levels) {
    this.levels = levels;
    int last = 0;
    for (int bin = 0; bin < Histogram.BINS; bin++) {
      counts[bin / JOINED] += seen.count(bin);
      last = seen.count(bin) > 0 ? bin / JOINED : last;
    }
    this.used = last + 1;
  }

  /**
   * @return a magnitude, at most the largest seen
   */
  static double clip(Histogram seen, int levels) {
    KullbackLeibler search = new KullbackLeibler(seen, levels);
    int best = search.used;
    double least = Double.POSITIVE_INFINITY;
    for (int bins = Math.min(levels, search.used); bins <= search.used; bins++) {
      double divergence = search.divergence(bins);
      if (divergence < least) {
        least = divergence;
        best = bins;
      }
    }
    return Math.min(best * JOINED * seen.width(), seen.largest());
  }

  /** Of the first {@code bins} with all beyond them in the last, from the same in levels. */
  private double divergence(int bins) {
    double[] kept = new double[bins];
    System.arraycopy(counts, 0, kept, 0, bins);
    double beyond = 0;
    for (int bin = bins; bin < used; bin++) {
      beyond += counts[bin];
    }
    double[] coded = coded(bins);
    kept[bins - 1] += beyond;
    double sumKept = sum(kept);
    double sumCoded = sum(coded);
    double divergence = 0;
    for (int bin = 0; bin < bins; bin++) {
      if (kept[bin] > 0) {
        if (coded[bin] == 0) {
          return Double.POSITIVE_INFINITY;
        }
        divergence += kept[bin] / sumKept * Math.log(kept[bin] / sumKept * sumCoded / coded[bin]);
      }
    }
    return divergence;
  }

  /** Each level's numbers spread evenly over its bins that have any. */
  private double[] coded(int bins) {
    double[] coded = new double[bins];
    for (int level = 0; level < levels; level++) {
      int from = (int) ((long) level * bins / levels);
      int to = (int) ((long) (level + 1) * bins / levels);
      double sum = 0;
      int filled = 0;
      for (int bin = from; bin < to; bin++) {
        sum += counts[bin];
        filled += counts[bin] > 0 ? 1 : 0;
      }
      for (int bin = from; bin < to; bin++) {
        coded[bin] = counts[bin] > 0 ? sum / filled : 0;
      }
    }
    return coded;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
