package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import java.nio.ByteBuffer;

/** Makes memory that nobody has written worth noticing. */
public final class Poison {

  private Poison() {}

  /** Fills all that a program's arrays will lie in with NaN, of float32 and of bfloat16. */
  public static void fill(Scratch scratch, Program program) {
    long bytes = Math.max(program.bytes(), 1);
    try (Memory all = Memory.at(scratch.atLeast(bytes), Layout.plain(DataType.U8, bytes))) {
      ByteBuffer view = all.bytes();
      while (view.hasRemaining()) {
        view.put((byte) 0xFF);
      }
    }
  }
}
