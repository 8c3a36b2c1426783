package io.github.repvgg4j.deploy.quantize.scale;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.Codes.Type;
import java.util.Locale;

/** Where a tensor's numbers are clipped: smaller steps for the many, or room for the few. */
public enum ActivationRule {

  /** Least mean squared error of what the codes stand for, over the histogram. */
  MSE {
    @Override
    double clip(Histogram seen, int levels) {
      double best = seen.largest();
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < CANDIDATES; i++) {
        double clip = seen.largest() * Math.pow(RATIO, i);
        double error = squaredError(seen, clip, levels);
        if (error < least) {
          least = error;
          best = clip;
        }
      }
      return best;
    }
  },

  /** Nothing is clipped. */
  MINMAX {
    @Override
    double clip(Histogram seen, int levels) {
      return seen.largest();
    }
  },

  /** {@value #SHARE} of the numbers fit. */
  PERCENTILE {
    @Override
    double clip(Histogram seen, int levels) {
      long all = seen.nonZeros() + seen.zeros();
      long beyond = (long) (all * (1 - SHARE));
      int bin = Histogram.BINS - 1;
      for (long left = seen.count(bin); left <= beyond && bin > 0; left += seen.count(bin)) {
        bin--;
      }
      return Math.min((bin + 1) * seen.width(), seen.largest());
    }
  },

  /**
   * Least Kullback-Leibler divergence between the histogram and what the codes leave of it (S.
   * Migacz, "8-bit Inference with TensorRT", GTC 2017; MXNet's {@code _get_optimal_threshold}).
   */
  ENTROPY {
    @Override
    double clip(Histogram seen, int levels) {
      return KullbackLeibler.clip(seen, levels);
    }
  };

  /** Of {@link #PERCENTILE}. */
  static final double SHARE = 0.9999;

  private static final int CANDIDATES = 160;
  private static final double RATIO = 0.99;

  /**
   * The codes of a tensor: U8 where no number is below 0, else S8.
   *
   * @param type of the codes
   * @param zeroPoint 0, or 128 for signed numbers in U8
   */
  public Codes codes(Histogram seen, Type type, int zeroPoint) {
    if (seen.largest() < Float.MIN_NORMAL * 256.0) {
      return new Codes(type, 1, zeroPoint); // a dead tensor: all codes are zero points
    }
    int levels = type.largest() - zeroPoint;
    return new Codes(type, (float) (clip(seen, levels) / levels), zeroPoint);
  }

  /**
   * Largest magnitude that has a code.
   *
   * @param levels codes from 0 to it, without 0
   */
  abstract double clip(Histogram seen, int levels);

  private static double squaredError(Histogram seen, double clip, int levels) {
    double step = clip / levels;
    double error = 0;
    for (int bin = 0; bin < Histogram.BINS; bin++) {
      if (seen.count(bin) > 0) {
        double value = seen.middle(bin);
        double off = value - Math.min(Math.rint(value / step), levels) * step;
        error += seen.count(bin) * off * off;
      }
    }
    return error;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
