package io.github.repvgg4j.runtime.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Numbers outside the heap, as {@link OneDnnEngine} reads and writes them. */
public final class DirectFloats {

  private DirectFloats() {}

  /** Zeros, in native order. */
  public static FloatBuffer zeros(int numbers) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(numbers, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
