package io.github.repvgg4j.deploy.quantize.scheme;

/** Of numbers as they come: 10 log10(Σ x² / Σ (x - y)²) in dB. */
public final class SignalToNoise {

  private static final double BEST = 200;

  private double signal;
  private double noise;

  /**
   * @param exact x
   * @param coded y, as many
   */
  public void add(float[] exact, float[] coded) {
    if (exact.length != coded.length) {
      throw new IllegalArgumentException(exact.length + " and " + coded.length + " numbers");
    }
    for (int i = 0; i < exact.length; i++) {
      double off = (double) exact[i] - coded[i];
      signal += (double) exact[i] * exact[i];
      noise += off * off;
    }
  }

  /** At most {@value #BEST}, which stands for no noise; 0 where there is no signal to lose. */
  public double decibels() {
    if (noise == 0) {
      return BEST;
    }
    return signal == 0 ? 0 : Math.min(BEST, 10 * Math.log10(signal / noise));
  }
}
