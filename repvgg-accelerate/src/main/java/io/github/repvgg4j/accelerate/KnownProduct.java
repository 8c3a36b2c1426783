package io.github.repvgg4j.accelerate;

import io.github.repvgg4j.array.Floats;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A product of two small matrices and a sum, of which the result is known. A card for which a
 * library holds no code reports no error: its kernels do nothing, and every result is what memory
 * held before.
 */
final class KnownProduct {

  private static final float[] LEFT = {1, -2, 3, 4, 5, -6};
  private static final float[] RIGHT = {7, 8, 9, -10, 11, 12};

  /** {@code LEFT * RIGHT + LEFT * RIGHT}, on paper. */
  private static final float[] RESULT = {44, 128, 14, -180};

  private KnownProduct() {}

  /** cuBLAS multiplies, libnd4j's own kernels add. */
  static INDArray byNd4j(INDArray left, INDArray right) {
    INDArray product = left.mmul(right);
    return product.add(product);
  }

  /**
   * What is wrong with the results, as a clause; empty where they are right.
   *
   * @param arithmetic {@code [2, 3]} and {@code [3, 2]} to twice their product
   */
  static Optional<String> fault(BinaryOperator<INDArray> arithmetic) {
    INDArray result = arithmetic.apply(Floats.array(LEFT, 2, 3), Floats.array(RIGHT, 3, 2));
    float[] found = Floats.values(result);
    return Arrays.equals(found, RESULT)
        ? Optional.empty()
        : Optional.of(
            "gave " + Arrays.toString(found) + " for a product that is " + Arrays.toString(RESULT));
  }
}
