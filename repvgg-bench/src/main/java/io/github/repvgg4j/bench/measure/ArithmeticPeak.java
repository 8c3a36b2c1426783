package io.github.repvgg4j.bench.measure;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.MatrixProduct;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import io.github.repvgg4j.onednn.program.Tape;
import java.util.Locale;
import java.util.Map;

/** How fast this machine multiplies at all: large matrix products by oneDNN, the best of many. */
public final class ArithmeticPeak {

  private static final int SIDE = 1536;

  /** A machine shared with others has slow moments: look on until the best stays the best. */
  private static final double SETTLED_SECONDS = 3;

  /** A kind of arithmetic. */
  public enum Type {
    /** 32 bits. */
    FP32(DataType.F32, DataType.F32, DataType.F32),
    /** 16 bits, as many of exponent as FP32. */
    BF16(DataType.BF16, DataType.BF16, DataType.BF16),
    /** 8-bit integers, summed in 32 bits. */
    INT8(DataType.U8, DataType.S8, DataType.S32);

    private final DataType source;
    private final DataType weights;
    private final DataType target;

    Type(DataType source, DataType weights, DataType target) {
      this.source = source;
      this.weights = weights;
      this.target = target;
    }

    /** As it stands in options and rows. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** By its label. */
    public static Type of(String label) {
      return valueOf(label.toUpperCase(Locale.ROOT));
    }
  }

  private ArithmeticPeak() {}

  /** Best rate, 2 operations a multiplication; 0 where the CPU has no such arithmetic. */
  public static double gflops(Type type) {
    try (Program product = product(type);
        Scratch scratch = new Scratch();
        Execution execution = new Execution(product, () -> scratch)) {
      return measure(execution);
    } catch (OneDnnException e) {
      return 0;
    }
  }

  private static Program product(Type type) {
    Primitive primitive =
        new MatrixProduct(
                Layout.any(type.source, SIDE, SIDE),
                Layout.any(type.weights, SIDE, SIDE),
                Layout.any(type.target, SIDE, SIDE))
            .forward();
    Tape tape = new Tape();
    tape.result(
        "product",
        primitive,
        Map.of(
            Argument.SOURCE,
            tape.buffer(primitive.layout(Argument.SOURCE)),
            Argument.WEIGHTS,
            tape.buffer(primitive.layout(Argument.WEIGHTS))));
    return tape.program();
  }

  private static double measure(Execution product) {
    double best = 0;
    long bestAt = System.nanoTime();
    while (System.nanoTime() - bestAt < SETTLED_SECONDS * 1e9) {
      long start = System.nanoTime();
      product.run();
      double rate = 2.0 * SIDE * SIDE * SIDE / (System.nanoTime() - start);
      if (rate > best) {
        bestAt = rate > 1.01 * best ? System.nanoTime() : bestAt;
        best = rate;
      }
    }
    return best;
  }
}
