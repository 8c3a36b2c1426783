package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;

/** An array while a program is written: where it lies, and how. */
public record Tensor(Place place, Layout layout) {

  /** Whose memory it is. */
  public sealed interface Place permits Buffer, Slot, Fixed {}

  /**
   * The program's own, shared with other tensors whose time does not overlap.
   *
   * @param bytes that it takes as a whole
   */
  public record Buffer(int number, long bytes) implements Place {}

  /** The caller's, named at each run. */
  public record Slot(int number) implements Place {}

  /** The same in all runs. */
  public record Fixed(Memory memory) implements Place {}

  /** Memory that all runs use, such as weights. */
  public static Tensor of(Memory memory) {
    return new Tensor(new Fixed(memory), memory.layout());
  }

  public long[] dims() {
    return layout.dims();
  }

  /** The same memory, otherwise understood. */
  public Tensor as(Layout other) {
    return new Tensor(place, other);
  }
}
