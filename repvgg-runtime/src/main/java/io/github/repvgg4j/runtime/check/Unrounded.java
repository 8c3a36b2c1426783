package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.archive.quantized.Codes;
import java.util.Optional;

/**
 * What a node gives at some pixels by its definition, before it is rounded to codes.
 *
 * @param values {@code [channels, pixels]}: steps from the zero point where the node has codes,
 *     else real numbers
 * @param near where roundings of float32 on the way, of which the definition says nothing, may turn
 *     what lies between two codes to either; empty for nowhere
 */
@SuppressWarnings("ArrayRecordComponent")
record Unrounded(double[] values, Optional<boolean[]> near) {

  /** How far roundings on the way may take a number, in steps. */
  private static final double NEAR = 0.02;

  /** The code of one of the values. */
  static int code(double value, Codes codes) {
    double code = Math.rint(value) + codes.zeroPoint();
    return (int) Math.min(codes.type().largest(), Math.max(codes.type().smallest(), code));
  }

  /** Whether a code is what value number {@code i} rounds to. */
  boolean is(int code, int i, Codes codes) {
    if (code == code(values[i], codes)) {
      return true;
    }
    if (near.isEmpty() || !near.get()[i]) {
      return false;
    }
    double least = codes.type().smallest() - codes.zeroPoint();
    double most = codes.type().largest() - codes.zeroPoint();
    double value = Math.min(most, Math.max(least, values[i]));
    return Math.abs(code - codes.zeroPoint() - value) <= 0.5 + NEAR;
  }
}
