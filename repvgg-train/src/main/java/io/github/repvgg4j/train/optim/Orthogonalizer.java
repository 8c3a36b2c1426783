package io.github.repvgg4j.train.optim;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Makes matrices nearly orthogonal by the quintic Newton-Schulz iteration of KellerJordan/Muon:
 * {@code X <- a X + (b A + c A A) X} with {@code A = X X'}. Its coefficients have the steepest
 * slope at 0 and leave singular values between about 0.7 and 1.2, not at 1.
 */
public interface Orthogonalizer extends AutoCloseable {

  double A = 3.4445;
  double B = -4.7750;
  double C = 2.0315;

  /**
   * Replaces each kernel by what the iteration makes of it.
   *
   * @param vector {@code [1, P]}; the largest singular value of each kernel is at most 1
   */
  void run(INDArray vector);

  @Override
  default void close() {}

  /** By ND4J's products, for any floating-point type. */
  static Orthogonalizer ofNd4j(List<Kernel> kernels, int steps) {
    return vector -> {
      for (Kernel kernel : kernels) {
        INDArray range =
            vector.get(
                NDArrayIndex.point(0),
                NDArrayIndex.interval(kernel.offset(), kernel.offset() + kernel.length()));
        INDArray matrix = range.reshape('c', kernel.rows(), kernel.columns());
        boolean high = kernel.rows() > kernel.columns();
        INDArray x = high ? matrix.transpose().dup('c') : matrix.dup('c');
        for (int step = 0; step < steps; step++) {
          INDArray a = x.mmul(x.transpose());
          x = x.mul(A).addi(a.mul(B).addi(a.mmul(a).muli(C)).mmul(x));
        }
        range.assign(Nd4j.toFlattened('c', high ? x.transpose() : x));
      }
    };
  }
}
