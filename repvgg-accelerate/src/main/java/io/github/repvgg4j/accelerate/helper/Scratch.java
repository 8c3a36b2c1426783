package io.github.repvgg4j.accelerate.helper;

import org.bytedeco.javacpp.BytePointer;

/**
 * A thread's memory for operands in oneDNN's layouts, alive during one call only. It grows to the
 * largest need and is then reused: fresh pages cost more than the arithmetic.
 */
final class Scratch {

  private static final long ALIGNMENT = 64;
  private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);

  private BytePointer memory = new BytePointer(ALIGNMENT);

  private Scratch() {}

  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Address of at least {@code bytes} of memory, aligned; valid until this thread's next call. */
  static long atLeast(long bytes) {
    Scratch scratch = LOCAL.get();
    if (scratch.memory.capacity() < bytes + ALIGNMENT) {
      scratch.memory.close();
      scratch.memory = new BytePointer(bytes + ALIGNMENT);
    }
    return aligned(scratch.memory.address());
  }
}
