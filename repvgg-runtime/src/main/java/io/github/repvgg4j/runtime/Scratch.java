package io.github.repvgg4j.runtime;

import io.github.repvgg4j.runtime.Plan.Operand;
import io.github.repvgg4j.runtime.Plan.Slot;
import io.github.repvgg4j.runtime.Plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/** What one caller needs to run a plan: buffers, and the argument list of each primitive. */
final class Scratch implements AutoCloseable {

  private record Call(String name, dnnl_primitive code, int count, dnnl_exec_arg_t arguments) {}

  /** A vector register's worth: oneDNN 2.5.2 has primitives that write a little too far. */
  private static final int SLACK_BYTES = 64;

  private final Owned owned = new Owned();
  private final OneDnn oneDnn;
  private final Map<Slot, Pointer> buffers = new HashMap<>();
  private final Map<Slot, List<dnnl_memory>> callers = new HashMap<>();
  private final List<Call> calls = new ArrayList<>();
  private final dnnl_stream stream;
  private long bytes;

  Scratch(OneDnn oneDnn, List<Step> steps) {
    this.oneDnn = oneDnn;
    callers.put(Slot.INPUT, new ArrayList<>());
    callers.put(Slot.OUTPUT, new ArrayList<>());
    try (PointerScope scope = new PointerScope()) {
      stream = owned.keep(new stream(oneDnn.cpu())).get();
      sizes(steps).forEach(this::allocate);
      steps.forEach(step -> calls.add(call(step)));
    }
  }

  private static Map<Slot, Long> sizes(List<Step> steps) {
    Map<Slot, Long> sizes = new HashMap<>();
    for (Step step : steps) {
      for (Operand operand : step.operands().values()) {
        if (operand instanceof Operand.At at
            && !at.slot().equals(Slot.INPUT)
            && !at.slot().equals(Slot.OUTPUT)) {
          sizes.merge(at.slot(), at.bytes(), Math::max);
        }
      }
    }
    return sizes;
  }

  private void allocate(Slot slot, long size) {
    long whole = size + SLACK_BYTES;
    memory buffer = oneDnn.allocate(OneDnn.plain(memory.data_type.u8, whole));
    buffers.put(slot, owned.keep(buffer).get_data_handle());
    bytes += whole;
  }

  private Call call(Step step) {
    int count = step.operands().size();
    dnnl_exec_arg_t arguments = owned.keep(new dnnl_exec_arg_t(count));
    int next = 0;
    for (Map.Entry<Integer, Operand> entry : step.operands().entrySet()) {
      arguments.position(next++).arg(entry.getKey()).memory(handle(entry.getValue()));
    }
    return new Call(step.name(), step.code().get(), count, arguments.position(0));
  }

  private dnnl_memory handle(Operand operand) {
    if (operand instanceof Operand.At at) {
      Pointer buffer = buffers.get(at.slot());
      dnnl_memory handle = owned.keep(oneDnn.view(at.layout(), buffer)).get();
      callers.getOrDefault(at.slot(), new ArrayList<>()).add(handle);
      return handle;
    }
    return ((Operand.Fixed) operand).data().get();
  }

  /**
   * Runs the plan; one caller at a time.
   *
   * @param images float32 [N, C, H, W]
   * @param logits float32 [N, classes], written
   */
  void run(Pointer images, Pointer logits) {
    callers
        .get(Slot.INPUT)
        .forEach(memory -> check("input", dnnl.dnnl_memory_set_data_handle(memory, images)));
    callers
        .get(Slot.OUTPUT)
        .forEach(memory -> check("output", dnnl.dnnl_memory_set_data_handle(memory, logits)));
    for (Call call : calls) {
      check(
          call.name(),
          dnnl.dnnl_primitive_execute(call.code(), stream, call.count(), call.arguments()));
    }
    check("end", dnnl.dnnl_stream_wait(stream));
  }

  private static void check(String where, int status) {
    if (status != dnnl.dnnl_success) {
      throw new IllegalStateException(where + ": oneDNN failed with status " + status);
    }
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    owned.close();
  }
}
