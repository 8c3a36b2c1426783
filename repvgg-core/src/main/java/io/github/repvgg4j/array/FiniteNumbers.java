package io.github.repvgg4j.array;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether an array holds numbers only. */
public final class FiniteNumbers {

  private FiniteNumbers() {}

  /**
   * False where one is NaN or infinite, or all together are too large to be summed up.
   *
   * @param values of any shape and floating-point type; not changed
   */
  public static boolean are(INDArray values) {
    return Double.isFinite(values.sumNumber().doubleValue());
  }
}
