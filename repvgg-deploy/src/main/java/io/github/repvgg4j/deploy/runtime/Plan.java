package io.github.repvgg4j.deploy.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;

/**
 * The primitives for one input shape, shared by all callers, and the scratch memory of those that
 * are done with it.
 */
final class Plan implements AutoCloseable {

  /** Where a tensor lies while a plan runs. */
  enum Slot {
    /** The caller's images. */
    INPUT,
    /** One of the two buffers that the activations go to and fro between. */
    LEFT,
    /** The other one. */
    RIGHT,
    /** The channel means and then the gates of squeeze-and-excitation. */
    GATE,
    /** Its hidden layer. */
    SQUEEZED,
    /** Either of the two in another layout; the image they belong to is still needed. */
    RELAID,
    /** A primitive's own working memory. */
    SCRATCHPAD,
    /** The caller's logits. */
    OUTPUT
  }

  /** What a primitive reads or writes. */
  sealed interface Operand {
    /** Weights: the same memory in every run. */
    record Fixed(memory data) implements Operand {}

    /** An activation. */
    record At(Slot slot, memory.desc layout) implements Operand {}
  }

  /**
   * One primitive.
   *
   * @param name the layer
   * @param code what oneDNN runs
   * @param implementation oneDNN's name of it
   * @param operands by {@code DNNL_ARG_} number
   */
  record Step(String name, primitive code, String implementation, Map<Integer, Operand> operands) {}

  private final OneDnn oneDnn;
  private final List<Step> steps;
  private final Owned owned;
  private final Deque<Scratch> idle = new ArrayDeque<>();

  Plan(OneDnn oneDnn, List<Step> steps, Owned owned) {
    this.oneDnn = oneDnn;
    this.steps = List.copyOf(steps);
    this.owned = owned;
  }

  List<Step> steps() {
    return steps;
  }

  /** Scratch memory for one run; give it back. */
  Scratch borrow() {
    synchronized (idle) {
      Scratch scratch = idle.poll();
      if (scratch != null) {
        return scratch;
      }
    }
    return new Scratch(oneDnn, steps);
  }

  void giveBack(Scratch scratch) {
    synchronized (idle) {
      idle.push(scratch);
    }
  }

  /** Bytes of idle scratch memory. */
  long scratchBytes() {
    synchronized (idle) {
      return idle.stream().mapToLong(Scratch::bytes).sum();
    }
  }

  @Override
  public void close() {
    synchronized (idle) {
      idle.forEach(Scratch::close);
      idle.clear();
    }
    owned.close();
  }
}
