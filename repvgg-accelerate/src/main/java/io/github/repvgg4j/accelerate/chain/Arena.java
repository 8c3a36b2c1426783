package io.github.repvgg4j.accelerate.chain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory of one plan. What a primitive no longer needs serves a later one: the order of execution
 * is known when the plan is made, so buffers are shared without any work at run time.
 */
final class Arena implements AutoCloseable {

  private final engine cpu;
  private final Deque<Pointer> owned = new ArrayDeque<>();
  private final List<Block> free = new ArrayList<>();
  private long bytes;

  Arena(engine cpu) {
    this.cpu = cpu;
  }

  private record Block(Pointer address, long bytes) {}

  /** A piece of memory and the number of those who still need it. */
  final class Lease {
    private final memory memory;
    private final Block block;
    private int users = 1;

    private Lease(memory memory, Block block) {
      this.memory = memory;
      this.block = block;
    }

    memory memory() {
      return memory;
    }

    Lease share() {
      users++;
      return this;
    }

    boolean isShared() {
      return users > 1;
    }

    /** The last user's call makes the memory free for others. */
    void release() {
      users--;
      if (users == 0) {
        free.add(block);
      }
    }
  }

  /** Memory for this layout, contents undefined. */
  Lease take(memory.desc layout) {
    long size = Math.max(layout.get_size(), 64);
    Block best = null;
    for (Block block : free) {
      boolean fits = block.bytes >= size && block.bytes <= 2 * size;
      if (fits && (best == null || block.bytes < best.bytes)) {
        best = block;
      }
    }
    if (best == null) {
      best = allocate(size);
    } else {
      free.remove(best);
    }
    return new Lease(keep(new memory(layout, cpu, best.address)), best);
  }

  private Block allocate(long size) {
    memory.desc layout =
        new memory.desc(new long[] {size}, memory.data_type.u8, memory.format_tag.x);
    memory buffer = keep(new memory(layout, cpu));
    bytes += size;
    return new Block(buffer.get_data_handle(), size);
  }

  /** A native object that lives as long as the plan. */
  <P extends Pointer> P keep(P pointer) {
    pointer.retainReference();
    owned.push(pointer);
    return pointer;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().releaseReference();
    }
  }
}
