package io.github.repvgg4j.runtime;

import io.github.repvgg4j.array.RowMajor;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory of an INDArray as a buffer. Keep the array reachable while the buffer is in use. */
final class ArrayBuffers {

  private ArrayBuffers() {}

  /** The array itself where it is float32, in C order and dense; else a copy that is. */
  static INDArray dense(INDArray array) {
    return RowMajor.of(array.castTo(DataType.FLOAT));
  }

  /** The numbers of a dense array; writing to it writes to the array. */
  static FloatBuffer of(INDArray dense) {
    FloatBuffer all = dense.data().asNioFloat();
    int from = Math.toIntExact(dense.offset());
    return all.position(from).limit(from + Math.toIntExact(dense.length())).slice();
  }
}
