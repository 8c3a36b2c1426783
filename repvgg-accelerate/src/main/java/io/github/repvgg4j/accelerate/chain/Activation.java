package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.onednn.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What flows between two nodes, while a plan is made: its memory, and gradients found so far.
 *
 * @param value {@code [N, C, H, W]}
 * @param gradients the shares of all readers; none of the network's input
 */
record Activation(Tensor value, List<Tensor> gradients) {

  static Activation of(Tensor value) {
    return new Activation(value, new ArrayList<>());
  }

  /** The network's input is the caller's, and no gradient of it is wanted. */
  boolean isInput() {
    return value.place() instanceof Tensor.Slot;
  }
}
