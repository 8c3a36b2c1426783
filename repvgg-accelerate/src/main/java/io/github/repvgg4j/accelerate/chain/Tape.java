package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;

/** Primitives with their arguments in the order of execution. */
final class Tape {

  private record Call(String name, dnnl_primitive code, int count, dnnl_exec_arg_t arguments) {}

  private final Arena arena;
  private final List<Call> calls = new ArrayList<>();

  Tape(Arena arena) {
    this.arena = arena;
  }

  Arena arena() {
    return arena;
  }

  /**
   * @param name of the node, for error messages
   * @param arguments DNNL_ARG_... to memory
   */
  void add(String name, primitive code, Map<Integer, memory> arguments) {
    dnnl_exec_arg_t list = arena.keep(new dnnl_exec_arg_t(arguments.size()));
    int next = 0;
    for (Map.Entry<Integer, memory> argument : arguments.entrySet()) {
      list.position(next++).arg(argument.getKey()).memory(arena.keep(argument.getValue()).get());
    }
    calls.add(new Call(name, arena.keep(code).get(), arguments.size(), list.position(0)));
  }

  /** The memory itself where it has this layout, else a copy in it; release the lease after use. */
  Copy in(String name, memory from, memory.desc have, memory.desc wanted) {
    if (have.equals(wanted)) {
      return new Copy(from, null);
    }
    Arena.Lease copy = arena.take(wanted);
    copy(name, from, copy.memory());
    return new Copy(copy.memory(), copy);
  }

  /**
   * Memory in a wanted layout.
   *
   * @param lease null where it is the original
   */
  record Copy(memory memory, Arena.Lease lease) {
    void release() {
      if (lease != null) {
        lease.release();
      }
    }
  }

  void copy(String name, memory from, memory to) {
    add(name, new reorder(from, to), Map.of(dnnl.DNNL_ARG_FROM, from, dnnl.DNNL_ARG_TO, to));
  }

  void run() {
    var stream = OneDnn.stream().get();
    for (Call call : calls) {
      int status = dnnl.dnnl_primitive_execute(call.code, stream, call.count, call.arguments);
      if (status != dnnl.dnnl_success) {
        throw new IllegalStateException(call.name + ": oneDNN failed with status " + status);
      }
    }
    dnnl.dnnl_stream_wait(stream);
  }
}
