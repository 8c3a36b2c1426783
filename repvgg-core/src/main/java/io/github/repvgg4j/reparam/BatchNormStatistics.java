package io.github.repvgg4j.reparam;

/**
 * BatchNorm as inference uses it: y = gamma (x - mean) / sqrt(variance + eps) + beta (Ioffe and
 * Szegedy, arXiv 1502.03167, algorithm 2).
 *
 * @param gamma scale, one number a channel
 * @param beta shift, one number a channel
 * @param mean running mean, one number a channel
 * @param variance running variance, one number a channel
 * @param eps added to the variance
 */
@SuppressWarnings("ArrayRecordComponent")
public record BatchNormStatistics(
    double[] gamma, double[] beta, double[] mean, double[] variance, double eps) {

  public BatchNormStatistics {
    int n = gamma.length;
    if (beta.length != n || mean.length != n || variance.length != n) {
      throw new IllegalArgumentException(
          "BatchNorm: gamma, beta, mean and variance must have one length, got "
              + n
              + ", "
              + beta.length
              + ", "
              + mean.length
              + " and "
              + variance.length);
    }
  }

  public int channels() {
    return gamma.length;
  }

  /**
   * scale = gamma / sqrt(variance + eps), shift = beta - mean * scale (RepVGG, arXiv 2101.03697,
   * equation 3).
   *
   * @throws NotFusibleException naming the first channel that has no finite inverse deviation
   */
  public ChannelAffine affine() {
    double[] scale = new double[channels()];
    double[] shift = new double[channels()];
    for (int c = 0; c < scale.length; c++) {
      double divisor = variance[c] + eps;
      if (!(divisor > 0) || variance[c] < 0) {
        throw new NotFusibleException(
            "channel "
                + c
                + " has variance "
                + variance[c]
                + " and eps "
                + eps
                + "; BatchNorm divides by the root of their sum");
      }
      scale[c] = gamma[c] / Math.sqrt(divisor);
      shift[c] = beta[c] - mean[c] * scale[c];
      if (!Double.isFinite(scale[c]) || !Double.isFinite(shift[c])) {
        throw new NotFusibleException(
            "channel "
                + c
                + " is not finite: gamma "
                + gamma[c]
                + ", beta "
                + beta[c]
                + ", mean "
                + mean[c]
                + ", variance "
                + variance[c]);
      }
    }
    return new ChannelAffine(scale, shift);
  }
}
