package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Attributes;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Reorder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A program while it is written, call by call in the order of execution. */
public final class Tape {

  private final List<Step> steps = new ArrayList<>();
  private int buffers;
  private int slots;

  /** An array that lives from the first call that names it to the last. */
  public Tensor buffer(Layout layout) {
    return new Tensor(new Tensor.Buffer(buffers++, layout.bytes()), layout);
  }

  /** An array of the caller's: its address is given to each run, in the order of these calls. */
  public Tensor slot(Layout layout) {
    return new Tensor(new Tensor.Slot(slots++), layout);
  }

  /**
   * One call.
   *
   * @param name what it is part of, for messages
   * @param primitive taken over
   * @param operands all that it reads and writes, working memory excepted
   */
  public void add(String name, Primitive primitive, Map<Argument, Tensor> operands) {
    Map<Argument, Tensor> all = new LinkedHashMap<>(operands);
    if (primitive.hasScratchpad()) {
      all.put(Argument.SCRATCHPAD, buffer(primitive.layout(Argument.SCRATCHPAD)));
    }
    steps.add(new Step(name, primitive, all));
    primitive.code();
  }

  /** One call that writes its TARGET, in the layout it chose, to a new array. */
  public Tensor result(String name, Primitive primitive, Map<Argument, Tensor> sources) {
    return result(name, primitive, sources, Argument.TARGET);
  }

  /** One call that writes one of its arguments, in the layout it chose, to a new array. */
  public Tensor result(
      String name, Primitive primitive, Map<Argument, Tensor> sources, Argument written) {
    Tensor result = buffer(primitive.layout(written));
    Map<Argument, Tensor> operands = new LinkedHashMap<>(sources);
    operands.put(written, result);
    add(name, primitive, operands);
    return result;
  }

  /** The numbers in the layout asked for: the tensor itself where it has it, else a copy. */
  public Tensor in(Layout wanted, String name, Tensor from) {
    if (from.layout().equals(wanted)) {
      return from;
    }
    Tensor copy = buffer(wanted);
    copy(name, from, copy);
    return copy;
  }

  /** Writes one array's numbers to another, whatever their layouts. */
  public void copy(String name, Tensor from, Tensor to) {
    add(
        name,
        new Reorder(from.layout(), to.layout()).forward(),
        Map.of(Argument.SOURCE, from, Argument.TARGET, to));
  }

  /** Writes one array's numbers to another, scaled: from or to integers. */
  public void copy(String name, Tensor from, Tensor to, Attributes.Scaled scaled) {
    add(
        name,
        new Reorder(from.layout(), to.layout()).forward(scaled),
        Map.of(Argument.SOURCE, from, Argument.TARGET, to));
  }

  /**
   * One call that writes arrays which may want other layouts than the primitive chose: directly
   * where they agree, else by a copy.
   */
  public void write(
      String name,
      Primitive primitive,
      Map<Argument, Tensor> sources,
      Map<Argument, Tensor> targets) {
    Map<Argument, Tensor> operands = new LinkedHashMap<>(sources);
    Map<Tensor, Tensor> copies = new LinkedHashMap<>();
    targets.forEach(
        (argument, to) -> {
          Layout chosen = primitive.layout(argument);
          boolean direct = chosen.equals(to.layout());
          Tensor own = direct ? to : buffer(chosen);
          operands.put(argument, own);
          if (!direct) {
            copies.put(own, to);
          }
        });
    add(name, primitive, operands);
    copies.forEach((own, to) -> copy(name, own, to));
  }

  /** Calls so far. */
  public int size() {
    return steps.size();
  }

  /** Closes the primitives of a program that is not to be. */
  public void discard() {
    steps.forEach(step -> step.primitive().close());
  }

  /** What stands here now; the caller closes it. */
  public Program program() {
    return new Program(List.copyOf(steps), slots);
  }
}
