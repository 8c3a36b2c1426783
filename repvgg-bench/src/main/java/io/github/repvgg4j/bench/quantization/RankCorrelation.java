package io.github.repvgg4j.bench.quantization;

import java.util.Arrays;

/** Spearman's: the correlation of ranks, ties sharing theirs. */
final class RankCorrelation {

  private RankCorrelation() {}

  /** -1 to 1; NaN where one side is all alike. */
  static double of(double[] a, double[] b) {
    return pearson(ranks(a), ranks(b));
  }

  private static double[] ranks(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double sum = 0;
      int alike = 0;
      for (int rank = 0; rank < sorted.length; rank++) {
        if (sorted[rank] == values[i]) {
          sum += rank;
          alike++;
        }
      }
      ranks[i] = sum / alike;
    }
    return ranks;
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElse(0);
    double meanB = Arrays.stream(b).average().orElse(0);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }
}
