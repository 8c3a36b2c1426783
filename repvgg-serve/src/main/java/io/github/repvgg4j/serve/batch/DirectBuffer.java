package io.github.repvgg4j.serve.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Memory outside the heap that one thread uses again and again; it grows to the largest need. */
final class DirectBuffer {

  private FloatBuffer buffer = allocate(0);

  private static FloatBuffer allocate(int numbers) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(numbers, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Empty, of that many numbers. */
  FloatBuffer of(int numbers) {
    if (buffer.capacity() < numbers) {
      buffer = allocate(numbers);
    }
    return buffer.clear().limit(numbers);
  }
}
