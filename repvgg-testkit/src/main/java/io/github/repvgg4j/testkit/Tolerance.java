package io.github.repvgg4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Named limits for "these two arrays are the same". The relative difference is max|a - b| / max|b|:
 * one figure a tensor, which neither explodes at a zero nor grows with the model's size.
 */
public enum Tolerance {
  /** The reference's logits, training form: its own float32 differs from its float64 by 7e-7. */
  REFERENCE_LOGITS(2e-6, Kind.ABSOLUTE),
  /** The reference's logits, fused form. */
  FUSED_LOGITS(5e-6, Kind.ABSOLUTE),
  /** Activations of a whole stage against the reference's. */
  ACTIVATIONS(5e-6, Kind.RELATIVE),
  /** Fused against branches, float32. */
  FLOAT32(1e-5, Kind.RELATIVE),
  /** Fused against branches, float64. */
  FLOAT64(1e-12, Kind.RELATIVE),
  /** The same bits. */
  EXACT(0, Kind.ABSOLUTE);

  private enum Kind {
    ABSOLUTE,
    RELATIVE
  }

  private final double limit;
  private final Kind kind;

  Tolerance(double limit, Kind kind) {
    this.limit = limit;
    this.kind = kind;
  }

  /** Fails unless both arrays have one shape and differ by no more than this limit. */
  public void check(INDArray actual, INDArray expected) {
    assertThat(actual.shape()).as("shape").isEqualTo(expected.shape());
    double difference =
        kind == Kind.ABSOLUTE
            ? maxAbsDifference(actual, expected)
            : maxRelDifference(actual, expected);
    assertThat(difference).as("difference (%s)", this).isLessThanOrEqualTo(limit);
  }

  /** max|a - b|, computed in float64; NaN where either array holds one. */
  public static double maxAbsDifference(INDArray a, INDArray b) {
    double[] x = a.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    double[] y = b.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    double max = 0;
    for (int i = 0; i < x.length; i++) {
      double difference = Math.abs(x[i] - y[i]);
      if (Double.isNaN(difference)) {
        return Double.NaN;
      }
      max = Math.max(max, difference);
    }
    return max;
  }

  /** max|a - b| / max|b|, computed in float64; NaN where b is zero, which would prove nothing. */
  public static double maxRelDifference(INDArray a, INDArray b) {
    double largest = b.castTo(DataType.DOUBLE).amaxNumber().doubleValue();
    return largest == 0 ? Double.NaN : maxAbsDifference(a, b) / largest;
  }
}
