package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One array of weights, first as it came, then only in the layouts that programs ask for. Programs
 * of different shapes share a layout; a further one is packed from an earlier one, and what nobody
 * uses any more is freed by {@link #trim}.
 */
public final class PackedWeights implements AutoCloseable {

  private final Layout plain;
  private final List<Memory> layouts = new ArrayList<>();

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
        return Tensor.of(known);
      }
    }
    Memory source = source();
    Memory copy = Memory.allocate(wanted);
    if (wanted.isTransformed()) {
      transform(source, copy);
    } else {
      copy(source, copy);
    }
    if (source.layout().equals(plain) && !source.isShared() && !wanted.isTransformed()) {
      layouts.remove(source);
      source.close();
    }
    layouts.add(copy);
    return Tensor.of(copy);
  }

  /** What further layouts are made of; the first that was packed is as good as the plain one. */
  private Memory source() {
    return layouts.stream()
        .filter(memory -> !memory.layout().isTransformed())
        .findFirst()
        .orElseThrow();
  }

  /**
   * Frees the layouts that no program holds, but for one from which others can be made. Not while a
   * program is being written.
   */
  public synchronized void trim() {
    List<Memory> unused = layouts.stream().filter(memory -> !memory.isShared()).toList();
    for (Memory memory : unused) {
      if (memory.layout().isTransformed() || sources() > 1) {
        layouts.remove(memory);
        memory.close();
      }
    }
  }

  private long sources() {
    return layouts.stream().filter(memory -> !memory.layout().isTransformed()).count();
  }

  /** oneDNN transforms from C order only. */
  private void transform(Memory from, Memory to) {
    try (Memory ordered = Memory.allocate(plain)) {
      copy(from, ordered);
      copy(ordered, to);
    }
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

  /** A copy of the weights in C order; of a data type with fewer bits what is left of them. */
  public synchronized float[] numbers() {
    try (Memory ordered = Memory.allocate(plain)) {
      copy(source(), ordered);
      FloatBuffer from = ordered.floats();
      float[] numbers = new float[from.remaining()];
      from.get(numbers);
      return numbers;
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
