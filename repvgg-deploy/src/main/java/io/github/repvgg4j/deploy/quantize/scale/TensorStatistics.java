package io.github.repvgg4j.deploy.quantize.scale;

/**
 * What calibration images make of one tensor.
 *
 * <p>Not thread-safe.
 */
public final class TensorStatistics {

  private final Histogram histogram = new Histogram();
  private final double[] largest;
  private final double[] squares;
  private long count;

  public TensorStatistics(int channels) {
    this.largest = new double[channels];
    this.squares = new double[channels];
  }

  /**
   * @param values {@code [batch, C, H, W]}
   */
  public void add(float[] values, int batch) {
    histogram.add(values);
    int pixels = values.length / batch / largest.length;
    for (int at = 0; at < values.length; at += pixels) {
      int channel = at / pixels % largest.length;
      double most = largest[channel];
      double sum = 0;
      for (int i = at; i < at + pixels; i++) {
        most = Math.max(most, Math.abs(values[i]));
        sum += (double) values[i] * values[i];
      }
      largest[channel] = most;
      squares[channel] += sum;
    }
    count += (long) pixels * batch;
  }

  public Histogram histogram() {
    return histogram;
  }

  /** Largest magnitude of a channel. */
  public double largest(int channel) {
    return largest[channel];
  }

  /** Mean square of a channel. */
  public double meanSquare(int channel) {
    return count == 0 ? 0 : squares[channel] / count;
  }

  public int channels() {
    return largest.length;
  }
}
