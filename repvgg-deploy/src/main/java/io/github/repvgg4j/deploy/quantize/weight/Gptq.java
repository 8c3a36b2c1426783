package io.github.repvgg4j.deploy.quantize.weight;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Rounds weights that are summed together one after the other, each so that it makes up for what
 * those before it left: GPTQ (Frantar et al., arXiv 2210.17323), in the form of Babai's nearest
 * plane, which computes the same without an inverse (Chen et al., arXiv 2507.18553). With C the
 * covariance of what the weights are multiplied with, {@code C = L Lᵀ} and d what rounding took
 * away, the noise is {@code |dᵀ L|²}; from the last weight to the first each is rounded to where
 * its own component of dᵀ L is least.
 *
 * <p>Covariance in place of the second moments of the paper, since the bias takes the mean out.
 */
public final class Gptq {

  /** Of the mean variance, added to each: the authors' {@code percdamp}. */
  private static final double DAMPING = 0.01;

  /** By variance, the largest last and so rounded first: the authors' {@code act-order}. */
  private final int[] order;

  /** L, row by row. */
  private final double[][] factor;

  /**
   * @param covariance {@code [n, n]}, of the n weights' inputs, in any unit
   */
  public Gptq(double[][] covariance) {
    int n = covariance.length;
    this.order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> covariance[i][i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double mean = IntStream.range(0, n).mapToDouble(i -> covariance[i][i]).average().orElse(0);
    this.factor = new double[n][];
    for (int i = 0; i < n; i++) {
      factor[i] = new double[i + 1];
      for (int j = 0; j <= i; j++) {
        factor[i][j] = covariance[order[i]][order[j]];
      }
      factor[i][i] += Math.max(DAMPING * mean, Double.MIN_NORMAL);
    }
    factorise(factor);
  }

  /** Cholesky's, in place. */
  private static void factorise(double[][] rows) {
    for (int i = 0; i < rows.length; i++) {
      double[] row = rows[i];
      for (int j = 0; j < i; j++) {
        row[j] = (row[j] - dot(row, rows[j], j)) / rows[j][j];
      }
      row[i] = Math.sqrt(Math.max(row[i] - dot(row, row, i), Double.MIN_NORMAL));
    }
  }

  /** Four sums, which a processor adds up side by side. */
  private static double dot(double[] a, double[] b, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int whole = length - length % 4;
    for (int i = 0; i < whole; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (int i = whole; i < length; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + s2 + s3;
  }

  /** Weights that are summed together. */
  public int size() {
    return order.length;
  }

  /**
   * Rounds as many weights as there are.
   *
   * @param from place of the first
   */
  void round(float[] weights, int from, double scale, int limit, byte[] codes) {
    double[] carried = new double[order.length];
    for (int k = order.length - 1; k >= 0; k--) {
      double[] row = factor[k];
      double weight = weights[from + order[k]] / scale;
      byte code = WeightRounding.code(weight + carried[k] / row[k], limit);
      codes[from + order[k]] = code;
      double left = weight - code;
      for (int j = 0; j < k; j++) {
        carried[j] += left * row[j];
      }
    }
  }
}
