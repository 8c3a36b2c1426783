package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * One array of weights, first as it came, then only in the layouts that programs ask for. Programs
 * of different shapes share a layout; a further one is packed from an earlier one.
 */
public final class PackedWeights implements AutoCloseable {

  private final Layout plain;
  private final List<Memory> layouts = new ArrayList<>();
  private boolean packed;

  /**
   * @param plain taken over
   */
  public PackedWeights(Memory plain) {
    this.plain = plain.layout();
    layouts.add(plain);
  }

  public long[] dims() {
    return plain.dims();
  }

  /** The weights in one layout and data type, for a {@link Program}, which shares the memory. */
  public synchronized Tensor in(Layout wanted) {
    for (Memory known : layouts) {
      if (known.layout().equals(wanted)) {
        packed = true;
        return Tensor.of(known);
      }
    }
    Memory copy = Memory.allocate(wanted);
    copy(layouts.get(0), copy);
    if (!packed) {
      layouts.remove(0).close();
      packed = true;
    }
    layouts.add(copy);
    return Tensor.of(copy);
  }

  /** Now, whatever the layouts. */
  private static void copy(Memory from, Memory to) {
    Tape tape = new Tape();
    tape.copy("packing weights", Tensor.of(from), Tensor.of(to));
    try (Program program = tape.program();
        Scratch scratch = new Scratch();
        Execution execution = new Execution(program, () -> scratch)) {
      execution.run();
    }
  }

  /** Bytes held now, all layouts together. */
  public synchronized long bytes() {
    return layouts.stream().mapToLong(memory -> memory.layout().bytes()).sum();
  }

  @Override
  public synchronized void close() {
    layouts.forEach(Memory::close);
    layouts.clear();
  }
}
