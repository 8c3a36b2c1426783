package io.github.repvgg4j.bench.measure;

import java.util.Locale;

/**
 * A rate above what the machine can do is a measuring error, most often a clock stopped before the
 * work was done (the article's 108 times is 1,270 TFLOP/s on an 11 TFLOP/s card).
 *
 * @param peakGflops the machine's measured or stated arithmetic peak
 */
public record Plausibility(double peakGflops) {

  /** The peak is itself measured, so a rate may pass it by this much. */
  private static final double MARGIN = 1.10;

  /** Thrown instead of reporting a rate. */
  public static final class ImplausibleRateException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    ImplausibleRateException(String message) {
      super(message);
    }
  }

  /**
   * @param operations floating-point operations of one call, two a multiplication
   * @param millis time of one call
   * @return the rate in GFLOP/s
   * @throws ImplausibleRateException if no such machine exists
   */
  public double rate(String what, double operations, double millis) {
    double gflops = operations / millis / 1e6;
    if (!(gflops <= peakGflops * MARGIN)) {
      throw new ImplausibleRateException(
          String.format(
              Locale.ROOT,
              "%s: %,.0f GFLOP/s measured, the machine's peak is %,.0f: a measuring error, not"
                  + " reported (was the work done when the clock stopped?)",
              what,
              gflops,
              peakGflops));
    }
    return gflops;
  }
}
