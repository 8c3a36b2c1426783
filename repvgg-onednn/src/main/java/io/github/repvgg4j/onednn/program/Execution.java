package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.Cpu;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Owned;
import io.github.repvgg4j.onednn.View;
import io.github.repvgg4j.onednn.primitive.Argument;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/**
 * A program ready to run: the argument list of each call, made once. For one caller at a time; a
 * run makes nothing native.
 */
public final class Execution implements AutoCloseable {

  private record Call(String name, dnnl_primitive code, int count, dnnl_exec_arg_t arguments) {}

  private record Buffered(View view, long offset) {}

  private final Owned owned = new Owned();
  private final Program program;
  private final Supplier<Scratch> scratch;
  private final List<Call> calls = new ArrayList<>();
  private final List<Buffered> buffered = new ArrayList<>();
  private final List<List<View>> slots = new ArrayList<>();
  private final long[] bound;
  private long placed;
  private boolean closed;

  /**
   * @param scratch asked at each run for the memory between the calls
   */
  public Execution(Program program, Supplier<Scratch> scratch) {
    this.program = program;
    this.scratch = scratch;
    this.bound = new long[program.slots()];
    for (int i = 0; i < program.slots(); i++) {
      slots.add(new ArrayList<>());
    }
    try {
      program.steps().forEach(step -> calls.add(call(step)));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Call call(Step step) {
    int count = step.operands().size();
    dnnl_exec_arg_t arguments = owned.keep(new dnnl_exec_arg_t(count), Pointer::deallocate);
    int next = 0;
    for (Map.Entry<Argument, Tensor> operand : step.operands().entrySet()) {
      arguments.position(next++).arg(operand.getKey().number()).memory(handle(operand.getValue()));
    }
    return new Call(step.name(), step.primitive().code(), count, arguments.position(0));
  }

  private dnnl_memory handle(Tensor tensor) {
    if (tensor.place() instanceof Tensor.Fixed fixed
        && tensor.layout().equals(fixed.memory().layout())) {
      return fixed.memory().handle();
    }
    View view = new View(owned, tensor.layout(), fixedAddress(tensor.place()));
    if (tensor.place() instanceof Tensor.Slot slot) {
      slots.get(slot.number()).add(view);
    } else if (tensor.place() instanceof Tensor.Buffer buffer) {
      buffered.add(new Buffered(view, program.plan().offset(buffer)));
    }
    return view.handle();
  }

  private static long fixedAddress(Tensor.Place place) {
    return place instanceof Tensor.Fixed fixed ? fixed.memory().address() : 0;
  }

  /**
   * Runs the whole program.
   *
   * @param addresses of the slots, in the order in which the tape gave them
   */
  public void run(long... addresses) {
    bind(addresses);
    run(0, calls.size());
  }

  /**
   * Names the caller's arrays for the runs to come.
   *
   * @param addresses of the slots, in the order in which the tape gave them
   */
  public void bind(long... addresses) {
    requireOpen();
    if (addresses.length != bound.length) {
      throw new IllegalArgumentException(
          bound.length + " addresses expected, got " + addresses.length);
    }
    for (int i = 0; i < bound.length; i++) {
      if (bound[i] != addresses[i]) {
        move(slots.get(i), addresses[i]);
        bound[i] = addresses[i];
      }
    }
  }

  private static void move(List<View> views, long address) {
    for (View view : views) {
      view.moveTo(address);
    }
  }

  /** Runs calls {@code from} to {@code to}, the latter excluded, on the arrays bound last. */
  public void run(int from, int to) {
    requireOpen();
    place();
    dnnl_stream stream = Cpu.stream();
    for (int i = from; i < to; i++) {
      Call call = calls.get(i);
      int status = dnnl.dnnl_primitive_execute(call.code, stream, call.count, call.arguments);
      if (status != dnnl.dnnl_success) {
        OneDnnException.check(call.name, status);
      }
    }
    OneDnnException.check("end", dnnl.dnnl_stream_wait(stream));
    Reference.reachabilityFence(this);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this program's execution is closed");
    }
  }

  /** Takes the memory between the calls now rather than at the first run. */
  public void takeMemory() {
    requireOpen();
    place();
  }

  /** Moves the memory between the calls to where the scratch has it now. */
  private void place() {
    if (buffered.isEmpty()) {
      return;
    }
    long base = scratch.get().atLeast(program.bytes());
    if (base != placed) {
      for (Buffered one : buffered) {
        one.view.moveTo(base + one.offset);
      }
      placed = base;
    }
  }

  /** Frees the argument lists; the scratch is its owner's. */
  @Override
  public void close() {
    closed = true;
    owned.close();
  }
}
