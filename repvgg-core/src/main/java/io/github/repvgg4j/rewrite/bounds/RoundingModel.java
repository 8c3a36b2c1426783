package io.github.repvgg4j.rewrite.bounds;

import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.reparam.ChannelAffine;
import io.github.repvgg4j.reparam.LinearConv;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Errors of single operations in floating point, by the standard model fl(a op b) = (a op b)(1 +
 * d), |d| <= u. A sum of n products, in any order, with or without fused multiply-add, is off by at
 * most gamma(n) sum|w||x| with gamma(n) = n u / (1 - n u) (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd edition, section 3.1): that is the proven bound. With independent
 * roundings of mean zero n may be replaced by LAMBDA sqrt(n), but for a probability below 2 n
 * exp(-LAMBDA^2 / 2) (Higham and Mary, SIAM J. Sci. Comput. 41, 2019, theorem 2.4); roundings
 * spread evenly over [-u, u] have a variance of u^2 / 3, which gives LAMBDA sqrt(n / 3): that is
 * the estimate.
 */
final class RoundingModel {

  /** Standard deviations that the estimate allows. */
  static final double LAMBDA = 8;

  /**
   * Roundings of one value in BatchNorm: root of the variance (10 at most), and four operations.
   */
  private static final int BATCH_NORM_ROUNDINGS = 16;

  private final double unit;

  RoundingModel(DataType type) {
    unit = unit(type);
  }

  /** Unit roundoff: half the distance from 1 to the next number. */
  static double unit(DataType type) {
    return type == DataType.DOUBLE ? 0x1p-53 : 0x1p-24;
  }

  private double worst(double n) {
    return n * unit / (1 - n * unit);
  }

  private double likely(double n) {
    return Math.min(worst(n), LAMBDA * Math.sqrt(n / 3) * unit);
  }

  /**
   * A convolution.
   *
   * @param magnitudes of what it adds up, with x as computed, where they are known
   * @param more roundings of each product beyond the sum's, such as that of a rounded weight
   */
  ChannelErrors convolution(
      ChannelErrors in, LinearConv conv, Optional<Magnitudes> magnitudes, int more) {
    ChannelErrors out = ChannelErrors.ofChannels(conv.out());
    int taps = conv.geometry().taps();
    double terms = magnitudes.map(Magnitudes::terms).orElse(conv.rowLength()) + 1.0 + more;
    for (int o = 0; o < conv.out(); o++) {
      int first = o / conv.outPerGroup() * conv.inPerGroup();
      double size = 0;
      double proven = 0;
      double variance = 0;
      for (int i = 0; i < conv.inPerGroup(); i++) {
        double sum = 0;
        double squares = 0;
        for (int t = conv.at(o, i); t < conv.at(o, i) + taps; t++) {
          sum += Math.abs(conv.weights()[t]);
          squares += conv.weights()[t] * conv.weights()[t];
        }
        size += sum * in.size()[first + i];
        proven += sum * in.proven()[first + i];
        variance += squares * in.estimated()[first + i] * in.estimated()[first + i];
      }
      if (magnitudes.isPresent()) {
        size = Math.min(size, magnitudes.get().sums()[o] + proven);
      }
      size += Math.abs(conv.bias()[o]);
      out.size()[o] = size;
      out.proven()[o] = proven + worst(terms) * (size + proven);
      out.estimated()[o] = Math.sqrt(variance) + likely(terms) * size;
    }
    return out;
  }

  /** BatchNorm as DL4J computes it: (x - mean) / sqrt(variance + eps) * gamma + beta. */
  ChannelErrors batchNorm(ChannelErrors in, ChannelAffine map, BatchNormStatistics statistics) {
    ChannelErrors out = ChannelErrors.ofChannels(map.channels());
    for (int c = 0; c < map.channels(); c++) {
      double scale = Math.abs(map.scale()[c]);
      double beta = Math.abs(statistics.beta()[c]);
      double touched = scale * (in.size()[c] + Math.abs(statistics.mean()[c])) + beta;
      out.size()[c] = scale * in.size()[c] + Math.abs(map.shift()[c]);
      double passed = scale * in.proven()[c];
      out.proven()[c] = passed + worst(BATCH_NORM_ROUNDINGS) * (touched + passed);
      out.estimated()[c] = scale * in.estimated()[c] + likely(BATCH_NORM_ROUNDINGS) * touched;
    }
    return out;
  }

  /** Inputs with coefficients, added. */
  ChannelErrors sum(List<ChannelErrors> inputs, List<Double> coefficients) {
    int channels = inputs.stream().mapToInt(ChannelErrors::channels).max().orElse(0);
    ChannelErrors out = ChannelErrors.ofChannels(channels);
    for (int c = 0; c < channels; c++) {
      double squares = 0;
      for (int i = 0; i < inputs.size(); i++) {
        double factor = Math.abs(coefficients.get(i));
        ChannelErrors in = inputs.get(i);
        out.size()[c] += factor * in.size()[c];
        out.proven()[c] += factor * in.proven()[c];
        squares += factor * factor * in.estimated()[c] * in.estimated()[c];
      }
      double n = inputs.size() + 1.0;
      out.proven()[c] += worst(n) * (out.size()[c] + out.proven()[c]);
      out.estimated()[c] = Math.sqrt(squares) + likely(n) * out.size()[c];
    }
    return out;
  }

  /** An average over {@code taps} pixels, or a copy. */
  ChannelErrors average(ChannelErrors in, int taps) {
    return in.stretched(1, taps == 1 ? 0 : worst(taps + 1.0));
  }

  /** A constant factor and summand. */
  ChannelErrors scaled(ChannelErrors in, double factor, double summand) {
    ChannelErrors out = ChannelErrors.ofChannels(in.channels());
    for (int c = 0; c < in.channels(); c++) {
      out.size()[c] = Math.abs(factor) * in.size()[c] + Math.abs(summand);
      out.proven()[c] =
          Math.abs(factor) * in.proven()[c]
              + worst(2) * (out.size()[c] + Math.abs(factor) * in.proven()[c]);
      out.estimated()[c] = Math.abs(factor) * in.estimated()[c] + worst(2) * out.size()[c];
    }
    return out;
  }

  /**
   * An activation: its Lipschitz constant, and a few roundings of its own.
   *
   * @param function null for none
   */
  ChannelErrors activation(ChannelErrors in, IActivation function) {
    return function == null ? in : in.stretched(lipschitz(function), worst(4));
  }

  /** Infinity for functions whose constant is not known here. */
  static double lipschitz(IActivation function) {
    return switch (function.getClass().getSimpleName()) {
      case "ActivationReLU",
          "ActivationReLU6",
          "ActivationLReLU",
          "ActivationELU",
          "ActivationTanH",
          "ActivationHardTanH",
          "ActivationSoftPlus",
          "ActivationSoftSign",
          "ActivationSigmoid",
          "ActivationHardSigmoid",
          "ActivationThresholdedReLU",
          "ActivationIdentity" ->
          1;
      case "ActivationSELU" -> 1.76;
      case "ActivationSwish", "ActivationGELU", "ActivationMish" -> 1.2;
      case "ActivationSoftmax" -> 0.5;
      default -> Double.POSITIVE_INFINITY;
    };
  }

  /** The distance of two computed values, each this far from the exact one. */
  static ChannelErrors apart(ChannelErrors a, ChannelErrors b) {
    ChannelErrors out = ChannelErrors.ofChannels(a.channels());
    for (int c = 0; c < a.channels(); c++) {
      out.size()[c] = a.size()[c];
      out.proven()[c] = a.proven()[c] + b.proven()[c];
      out.estimated()[c] = a.estimated()[c] + b.estimated()[c];
    }
    return out;
  }
}
