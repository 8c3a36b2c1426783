package io.github.repvgg4j.array;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Between Java's arrays and ND4J's. */
public final class Floats {

  private Floats() {}

  /**
   * @param values in C order
   * @return float32, a copy owned by the caller
   */
  public static INDArray array(float[] values, long... shape) {
    return Nd4j.create(values, shape, 'c');
  }

  /** A copy of an array's numbers in C order, whatever their order in memory and their type. */
  public static float[] values(INDArray array) {
    return array.dup('c').data().asFloat();
  }
}
