package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;

/**
 * Memory for what lives during one run only. It grows to the largest need and is then reused: fresh
 * pages cost more than the arithmetic.
 */
public final class Scratch implements AutoCloseable {

  private static final ThreadLocal<Scratch> LOCAL = ThreadLocal.withInitial(Scratch::new);

  private Memory memory;

  /** For the programs of one owner, who closes it; one run at a time. */
  public Scratch() {}

  /** This thread's, for all programs that it runs one after another. */
  public static Scratch ofThread() {
    return LOCAL.get();
  }

  /** Address of that much memory, aligned; valid until more is asked for. */
  long atLeast(long bytes) {
    if (memory == null || memory.layout().bytes() < bytes) {
      close();
      memory = Memory.allocate(Layout.plain(DataType.U8, Math.max(bytes, 1)));
    }
    return memory.address();
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
