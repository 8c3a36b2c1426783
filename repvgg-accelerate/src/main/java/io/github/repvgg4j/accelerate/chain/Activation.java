package io.github.repvgg4j.accelerate.chain;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;

/** What flows between two nodes, while a plan is made: its memory, and gradients found so far. */
final class Activation {

  private final long[] dims;
  private final memory.desc layout;
  private final memory value;
  private final Arena.Lease lease;
  private final int readers;
  private final List<Arena.Lease> gradients = new ArrayList<>();

  /**
   * @param dims {@code [N, C, H, W]}
   * @param lease the memory; null for the network's input, which is the caller's
   * @param readers nodes that read it
   */
  Activation(long[] dims, memory.desc layout, memory value, Arena.Lease lease, int readers) {
    this.dims = dims;
    this.layout = layout;
    this.value = value;
    this.lease = lease;
    this.readers = readers;
  }

  long[] dims() {
    return dims;
  }

  memory.desc layout() {
    return layout;
  }

  memory value() {
    return value;
  }

  /** Whether no gradient is wanted. */
  boolean isInput() {
    return lease == null;
  }

  /** Told by a reader that it won't need the value again. */
  void releaseIfOnlyReader() {
    if (readers == 1 && lease != null) {
      lease.release();
    }
  }

  /** A reader's share of the gradient. */
  void addGradient(Arena.Lease part) {
    gradients.add(part);
  }

  /** The shares of all readers, at least one. */
  List<Arena.Lease> gradients() {
    return gradients;
  }
}
