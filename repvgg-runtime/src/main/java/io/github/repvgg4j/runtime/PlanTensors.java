package io.github.repvgg4j.runtime;

import io.github.repvgg4j.runtime.Plan.Operand;
import io.github.repvgg4j.runtime.Plan.Slot;
import io.github.repvgg4j.runtime.Plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;

/**
 * The steps of a plan as they are put down, and the buffers of its tensors: a buffer is used again
 * as soon as all readers of its tensor stand in the plan.
 */
final class PlanTensors {

  private final OneDnn oneDnn;
  private final Owned owned;
  private final List<Step> steps = new ArrayList<>();
  private final Map<Slot.Kind, TreeSet<Integer>> free = new EnumMap<>(Slot.Kind.class);
  private final Map<Slot.Kind, Integer> made = new EnumMap<>(Slot.Kind.class);

  /** What one step gives; read so many times more. */
  static final class Tensor {
    private final Operand.At at;
    private int readers;

    private Tensor(Operand.At at, int readers) {
      this.at = at;
      this.readers = readers;
    }

    memory.desc layout() {
      return at.layout();
    }

    /** {@code [N, C, H, W]}, or {@code [N, n]}. */
    long[] shape() {
      return OneDnn.dims(at.layout());
    }

    /** Has it read this many times more. */
    Tensor readAgain(int times) {
      readers += times;
      return this;
    }
  }

  PlanTensors(OneDnn oneDnn, Owned owned) {
    this.oneDnn = oneDnn;
    this.owned = owned;
  }

  List<Step> steps() {
    return steps;
  }

  /** The caller's images. */
  Tensor images(memory.desc layout) {
    return new Tensor(at(Slot.INPUT, layout), Integer.MAX_VALUE / 2);
  }

  /**
   * One primitive.
   *
   * @param chosen gives the layout of the result
   * @param sources by {@code DNNL_ARG_} number; each is read by this step
   * @param fixed weights by {@code DNNL_ARG_} number
   * @return its result, in a buffer of its own, to be read once
   */
  Tensor add(
      String name,
      primitive code,
      primitive_desc_base chosen,
      Map<Integer, Tensor> sources,
      Map<Integer, memory> fixed) {
    memory.desc layout = chosen.dst_desc();
    return add(name, code, chosen, sources, fixed, at(take(layout), layout));
  }

  /** The same into the caller's logits. */
  void addLast(
      String name,
      primitive code,
      primitive_desc_base chosen,
      Map<Integer, Tensor> sources,
      Map<Integer, memory> fixed) {
    add(name, code, chosen, sources, fixed, at(Slot.OUTPUT, chosen.dst_desc()));
  }

  private Tensor add(
      String name,
      primitive code,
      primitive_desc_base chosen,
      Map<Integer, Tensor> sources,
      Map<Integer, memory> fixed,
      Operand.At result) {
    Map<Integer, Operand> operands = new LinkedHashMap<>();
    sources.forEach((argument, tensor) -> operands.put(argument, tensor.at));
    fixed.forEach((argument, weights) -> operands.put(argument, new Operand.Fixed(weights)));
    operands.put(dnnl.DNNL_ARG_DST, result);
    operands.put(dnnl.DNNL_ARG_SCRATCHPAD, at(Slot.SCRATCHPAD, chosen.scratchpad_desc()));
    String implementation = chosen.impl_info_str().getString();
    steps.add(new Step(name, owned.keep(code), implementation, operands));
    sources.values().forEach(this::wasRead);
    return new Tensor(result, 1);
  }

  /** The tensor in the layout asked for, reordered where it has another one. */
  Tensor inLayout(Tensor from, memory.desc wanted) {
    if (from.layout().equals(wanted)) {
      return from;
    }
    reorder.primitive_desc chosen = reorder(from, wanted);
    return add("reorder", new reorder(chosen), chosen, Map.of(dnnl.DNNL_ARG_FROM, from), Map.of());
  }

  /**
   * Tensors behind one another along the channels.
   *
   * @param whole the layout of the result; every part begins at a block of it
   */
  Tensor join(String name, memory.desc whole, List<Tensor> parts) {
    Operand.At result = at(take(whole), whole);
    long channel = 0;
    for (Tensor part : parts) {
      long[] offsets = new long[part.shape().length];
      offsets[1] = channel;
      channel += part.shape()[1];
      memory.desc place = whole.submemory_desc(part.shape(), offsets, true);
      reorder.primitive_desc chosen = reorder(part, place);
      Map<Integer, Tensor> from = Map.of(dnnl.DNNL_ARG_FROM, part);
      Operand.At here = new Operand.At(result.slot(), owned.keep(place), result.bytes());
      add(name, new reorder(chosen), chosen, from, Map.of(), here);
    }
    return new Tensor(result, 1);
  }

  /** Copies a tensor into the caller's logits. */
  void copyLast(Tensor from, memory.desc wanted) {
    reorder.primitive_desc chosen = reorder(from, wanted);
    addLast("logits", new reorder(chosen), chosen, Map.of(dnnl.DNNL_ARG_FROM, from), Map.of());
  }

  private reorder.primitive_desc reorder(Tensor from, memory.desc wanted) {
    return new reorder.primitive_desc(
        oneDnn.cpu(), from.layout(), oneDnn.cpu(), wanted, After.NOTHING.attributes(), false);
  }

  /** Says that nobody reads it. */
  void drop(Tensor tensor) {
    tensor.readers = 1;
    wasRead(tensor);
  }

  private void wasRead(Tensor tensor) {
    tensor.readers--;
    if (tensor.readers == 0) {
      free.get(tensor.at.slot().kind()).add(tensor.at.slot().number());
    }
  }

  private Slot take(memory.desc layout) {
    long[] dims = OneDnn.dims(layout);
    boolean image = dims.length == 4 && dims[2] * dims[3] > 1;
    Slot.Kind kind = image ? Slot.Kind.IMAGE : Slot.Kind.VECTOR;
    TreeSet<Integer> idle = free.computeIfAbsent(kind, k -> new TreeSet<>());
    Integer number = idle.pollFirst();
    return new Slot(kind, number == null ? made.merge(kind, 1, Integer::sum) - 1 : number);
  }

  private Operand.At at(Slot slot, memory.desc layout) {
    return new Operand.At(slot, owned.keep(layout), layout.get_size());
  }
}
