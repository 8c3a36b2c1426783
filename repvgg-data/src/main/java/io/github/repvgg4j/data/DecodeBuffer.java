package io.github.repvgg4j.data;

import org.bytedeco.javacpp.BytePointer;

/**
 * A thread's memory for the pixels that OpenCV decodes, kept from image to image: fresh memory for
 * each one is given back at once, which stops the process's other threads each time.
 */
final class DecodeBuffer {

  /** More is not kept. */
  static final long MAX_BYTES = 16L << 20;

  private static final ThreadLocal<DecodeBuffer> LOCAL = ThreadLocal.withInitial(DecodeBuffer::new);

  private BytePointer memory = new BytePointer(1 << 20);

  private DecodeBuffer() {}

  /**
   * @param bytes at most {@link #MAX_BYTES}
   * @return this thread's memory, valid until its next call
   */
  static BytePointer atLeast(long bytes) {
    DecodeBuffer buffer = LOCAL.get();
    if (buffer.memory.capacity() < bytes) {
      buffer.memory.close();
      buffer.memory = new BytePointer(Math.min(MAX_BYTES, 2 * bytes));
    }
    return buffer.memory;
  }
}
