package io.github.repvgg4j.runtime;

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

  /**
   * Where a tensor lies while a plan runs.
   *
   * @param number among the buffers of its kind
   */
  record Slot(Kind kind, int number) {

    /** Whose memory it is. */
    enum Kind {
      /** The caller's images. */
      INPUT,
      /** A buffer of images, used again when its tensor has been read by all its readers. */
      IMAGE,
      /** A buffer of vectors, such as pooled features and gates. */
      VECTOR,
      /** A primitive's own working memory. */
      SCRATCHPAD,
      /** The caller's logits. */
      OUTPUT
    }

    static final Slot INPUT = new Slot(Kind.INPUT, 0);
    static final Slot SCRATCHPAD = new Slot(Kind.SCRATCHPAD, 0);
    static final Slot OUTPUT = new Slot(Kind.OUTPUT, 0);
  }

  /** What a primitive reads or writes. */
  sealed interface Operand {
    /** Weights: the same memory in every run. */
    record Fixed(memory data) implements Operand {}

    /**
     * An activation.
     *
     * @param bytes that its buffer holds at least; more than the layout's for a part of a tensor
     */
    record At(Slot slot, memory.desc layout, long bytes) implements Operand {}
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
