package io.github.repvgg4j.array;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whether the numbers of an array lie gapless with the last axis running fastest. Strides along
 * axes of length 1 are never used to find a number, so they mean nothing: ND4J, NumPy and PyTorch
 * all leave arbitrary ones there. ND4J's own {@code Shape.hasDefaultStridesForShape} compares them,
 * and takes a Fortran-ordered array for a plain one.
 */
public final class RowMajor {

  private RowMajor() {}

  /** Whether the memory from the array's offset on can be read in order. */
  public static boolean is(INDArray array) {
    long expected = 1;
    for (int axis = array.rank() - 1; axis >= 0; axis--) {
      if (array.size(axis) != 1) {
        if (array.stride(axis) != expected) {
          return false;
        }
        expected *= array.size(axis);
      }
    }
    return true;
  }

  /** The array itself where it is row-major, else a copy that is. */
  public static INDArray of(INDArray array) {
    return is(array) ? array : array.dup('c');
  }
}
