package io.github.repvgg4j.deploy.quantize.scale;

/**
 * What calibration images make of one tensor.
 *
 * <p>Not thread-safe.
 */
public final class TensorStatistics {

  private final Histogram histogram = new Histogram();
  private final double[] largest;

  public TensorStatistics(int channels) {
    this.largest = new double[channels];
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
      for (int i = at; i < at + pixels; i++) {
        most = Math.max(most, Math.abs(values[i]));
      }
      largest[channel] = most;
    }
  }

  public Histogram histogram() {
    return histogram;
  }

  /** Largest magnitude of each channel. */
  public double[] largest() {
    return largest.clone();
  }
}
