package io.github.repvgg4j.rewrite;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Between ND4J arrays and float64 on the heap, in row-major order. */
final class Arrays64 {

  private static final long MOST_AT_ONCE = Integer.MAX_VALUE / Float.BYTES;

  private Arrays64() {}

  /** A copy in float64; the array may be a view of any shape. */
  static double[] of(INDArray array) {
    INDArray flat = array.dup('c');
    boolean bulk = flat.dataType() == DataType.FLOAT && flat.length() <= MOST_AT_ONCE;
    if (!bulk) {
      return flat.data().asDouble();
    }
    FloatBuffer floats = flat.data().asNioFloat(); // one by one, as asDouble has it, takes seconds
    double[] values = new double[(int) flat.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats.get(i);
    }
    return values;
  }

  /** A new array of that shape and type; each value is rounded once. */
  static INDArray array(double[] values, DataType type, long... shape) {
    if (type == DataType.DOUBLE) {
      return Nd4j.createFromArray(values).reshape('c', shape);
    }
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    return Nd4j.createFromArray(rounded).reshape('c', shape);
  }
}
