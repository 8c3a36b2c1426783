package io.github.repvgg4j.bench.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Numbers outside the heap, as engines take them without a copy. */
public final class DirectFloats {

  private DirectFloats() {}

  /** Zeros. */
  public static FloatBuffer zeros(long numbers) {
    return ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(numbers, Float.BYTES)))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** A copy in C order, ready to be read. */
  public static FloatBuffer of(INDArray array) {
    return zeros(array.length()).put(array.dup('c').data().asFloat()).rewind();
  }
}
