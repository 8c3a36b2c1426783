package io.github.repvgg4j.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Numbers outside the heap, as engines take them without a copy. */
final class DirectFloats {

  private DirectFloats() {}

  /** Zeros. */
  static FloatBuffer zeros(long numbers) {
    return ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(numbers, Float.BYTES)))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** A copy in C order, ready to be read. */
  static FloatBuffer of(INDArray array) {
    return zeros(array.length()).put(array.dup('c').data().asFloat()).rewind();
  }
}
