package io.github.repvgg4j.bench.measure;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.PointerScope;

/** How fast this machine multiplies at all: large matrix products by oneDNN, the best of many. */
public final class ArithmeticPeak {

  private static final int SIDE = 1536;

  /** A machine shared with others has slow moments: look on until the best stays the best. */
  private static final double SETTLED_SECONDS = 3;

  /** A kind of arithmetic. */
  public enum Type {
    /** 32 bits. */
    FP32(memory.data_type.f32),
    /** 16 bits, as many of exponent as FP32. */
    BF16(memory.data_type.bf16);

    private final memory.data_type oneDnn;

    Type(memory.data_type oneDnn) {
      this.oneDnn = oneDnn;
    }
  }

  private ArithmeticPeak() {}

  /** Best rate, 2 operations a multiplication; 0 where the CPU has no such arithmetic. */
  public static double gflops(Type type) {
    try (PointerScope scope = new PointerScope()) {
      return measure(type.oneDnn);
    } catch (RuntimeException e) {
      return 0;
    }
  }

  private static double measure(memory.data_type type) {
    engine cpu = new engine(engine.kind.cpu, 0);
    stream now = new stream(cpu);
    memory.desc any = new memory.desc(new long[] {SIDE, SIDE}, type, memory.format_tag.any);
    matmul.primitive_desc chosen = new matmul.primitive_desc(new matmul.desc(any, any, any), cpu);
    matmul product = new matmul(chosen);
    IntMemoryMap arguments = new IntMemoryMap();
    arguments.put(dnnl.DNNL_ARG_SRC, new memory(chosen.src_desc(), cpu));
    arguments.put(dnnl.DNNL_ARG_WEIGHTS, new memory(chosen.weights_desc(), cpu));
    arguments.put(dnnl.DNNL_ARG_DST, new memory(chosen.dst_desc(), cpu));
    double best = 0;
    long bestAt = System.nanoTime();
    while (System.nanoTime() - bestAt < SETTLED_SECONDS * 1e9) {
      long start = System.nanoTime();
      product.execute(now, arguments);
      now._wait();
      double rate = 2.0 * SIDE * SIDE * SIDE / (System.nanoTime() - start);
      if (rate > best) {
        bestAt = rate > 1.01 * best ? System.nanoTime() : bestAt;
        best = rate;
      }
    }
    return best;
  }
}
