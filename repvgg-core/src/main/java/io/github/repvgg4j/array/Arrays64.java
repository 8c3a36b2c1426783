package io.github.repvgg4j.array;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Between ND4J arrays and float64 on the heap, in row-major order. */
public final class Arrays64 {

  private Arrays64() {}

  /** A copy in float64; the array may be a view of any shape. */
  public static double[] of(INDArray array) {
    if (array.dataType() != DataType.FLOAT) {
      return array.dup('c').data().asDouble();
    }
    double[] values = new double[Math.toIntExact(array.length())];
    FloatBlocks.read(
        array,
        (start, block, count) -> {
          for (int i = 0; i < count; i++) {
            values[start + i] = block[i];
          }
        });
    return values;
  }

  /** A new array of that shape and type, FLOAT or DOUBLE; each value is rounded once. */
  public static INDArray array(double[] values, DataType type, long... shape) {
    if (type == DataType.DOUBLE) {
      return Nd4j.createFromArray(values).reshape('c', shape);
    }
    return FloatBlocks.create(
        (start, block, count) -> {
          for (int i = 0; i < count; i++) {
            block[i] = (float) values[start + i];
          }
        },
        shape);
  }
}
