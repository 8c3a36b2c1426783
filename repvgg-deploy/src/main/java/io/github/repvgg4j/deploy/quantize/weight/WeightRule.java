package io.github.repvgg4j.deploy.quantize.weight;

/** How the scale of weights is chosen. */
public enum WeightRule {
  /** The largest weight has the largest code. */
  MAX,
  /** Least squared error of what the integers stand for. */
  MSE;

  private static final int CANDIDATES = 100;
  private static final double SMALLEST = 0.4;

  /**
   * One step.
   *
   * @param weights {@code from} to {@code to - 1} are coded with it
   * @param limit largest magnitude of an integer
   * @return 0 where all weights are 0
   */
  double scale(float[] weights, int from, int to, int limit) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(weights[i]));
    }
    double best = largest / limit;
    if (this == MAX || largest == 0) {
      return best;
    }
    double least = Double.POSITIVE_INFINITY;
    for (int k = CANDIDATES; k >= SMALLEST * CANDIDATES; k--) {
      double scale = largest / limit * k / CANDIDATES;
      double error = squaredError(weights, from, to, scale, limit);
      if (error < least) {
        least = error;
        best = scale;
      }
    }
    return best;
  }

  private static double squaredError(float[] weights, int from, int to, double scale, int limit) {
    double error = 0;
    double inverse = 1 / scale;
    for (int i = from; i < to; i++) {
      double code = Math.min(Math.max(Math.rint(weights[i] * inverse), -limit), limit);
      double off = weights[i] - code * scale;
      error += off * off;
    }
    return error;
  }
}
