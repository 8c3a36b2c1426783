package io.github.repvgg4j.runtime;

import java.util.Optional;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/** The oneDNN library on this machine's CPU, and the few things one asks of it everywhere. */
final class OneDnn implements AutoCloseable {

  private final Owned owned = new Owned();
  private final engine cpu;

  OneDnn() {
    cpu = owned.keep(new engine(engine.kind.cpu, 0));
  }

  /** Why oneDNN cannot run here; empty where it can. */
  static Optional<String> unavailable() {
    try (OneDnn trial = new OneDnn()) {
      return trial.cpu.isNull() ? Optional.of("no CPU engine") : Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      return Optional.of(e.toString().lines().findFirst().orElse("unknown"));
    }
  }

  /** {@code 2.5.2}. */
  static String version() {
    var version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  engine cpu() {
    return cpu;
  }

  /** A description of an array in C order; the surrounding scope frees it. */
  static memory.desc plain(memory.data_type type, long... dims) {
    memory.format_tag tag =
        switch (dims.length) {
          case 1 -> memory.format_tag.a;
          case 2 -> memory.format_tag.ab;
          case 4 -> memory.format_tag.abcd;
          case 5 -> memory.format_tag.abcde;
          default -> throw new IllegalArgumentException("rank " + dims.length);
        };
    return new memory.desc(dims, type, tag);
  }

  /** The axes of a description. */
  static long[] dims(memory.desc layout) {
    try (PointerScope scope = new PointerScope()) {
      long[] dims = new long[layout.data().ndims()];
      layout.data().dims().get(dims);
      return dims;
    }
  }

  /** A description that leaves the layout to oneDNN. */
  static memory.desc any(memory.data_type type, long... dims) {
    return new memory.desc(dims, type, memory.format_tag.any);
  }

  /** Memory that oneDNN allocates, aligned; freed with the returned object. */
  memory allocate(memory.desc layout) {
    return new memory(layout, cpu);
  }

  /** A view of someone else's memory. */
  memory view(memory.desc layout, Pointer data) {
    return new memory(layout, cpu, data);
  }

  /** Copies between layouts and data types, now. */
  void copy(memory from, memory to) {
    try (PointerScope scope = new PointerScope()) {
      stream now = new stream(cpu);
      new reorder(from, to).execute(now, from, to);
      now._wait();
    }
  }

  @Override
  public void close() {
    owned.close();
  }
}
