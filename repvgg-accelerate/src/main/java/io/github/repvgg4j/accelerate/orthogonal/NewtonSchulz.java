package io.github.repvgg4j.accelerate.orthogonal;

import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS;

import io.github.repvgg4j.accelerate.helper.OneDnn;
import io.github.repvgg4j.array.HostMemory;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.MatrixProduct;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The quintic Newton-Schulz iteration of KellerJordan/Muon, {@code X <- a X + (b A + c A A) X} with
 * {@code A = X X'}, for all matrices of a vector in one program of oneDNN's products. A matrix that
 * is higher than wide is taken as its transpose, so that A is small. Factors are moved into the
 * products' ends: with {@code A~ = (c / b) A} the sum in brackets is {@code (b b / c) (A~ A~ +
 * A~)}. Not thread-safe.
 */
public final class NewtonSchulz implements AutoCloseable {

  /** oneDNN 2.5.2's bfloat16 products of odd sizes read numbers that nobody wrote. */
  private static final long MULTIPLE = 32;

  private final Scratch scratch = new Scratch();
  private final Program program;
  private final Execution execution;
  private final List<Matrix> matrices;

  /**
   * A range of the vector, in C order.
   *
   * @param offset of its first number
   */
  public record Matrix(long offset, long rows, long columns) {}

  /** The numbers in {@code a X + b X X' X + c X X' X X' X}. */
  public record Coefficients(double a, double b, double c) {}

  private NewtonSchulz(List<Matrix> matrices, Program program) {
    this.matrices = matrices;
    this.program = program;
    this.execution = new Execution(program, () -> scratch);
  }

  /**
   * @param steps iterations
   * @param precision of the products' factors; sums are float32
   * @return empty where oneDNN can't be used
   */
  public static Optional<NewtonSchulz> of(
      List<Matrix> matrices, Coefficients coefficients, int steps, Precision precision) {
    if (OneDnn.obstacle().isPresent()) {
      return Optional.empty();
    }
    Tape tape = new Tape();
    List<Memory> padded = new ArrayList<>();
    try {
      for (Matrix matrix : matrices) {
        padded.add(zeros(matrix, precision.type()));
        write(tape, matrix, Tensor.of(padded.get(padded.size() - 1)), coefficients, steps);
      }
      return Optional.of(new NewtonSchulz(List.copyOf(matrices), tape.program()));
    } catch (RuntimeException | Error e) {
      tape.discard();
      throw e;
    } finally {
      padded.forEach(Memory::close); // the program shares them
    }
  }

  /** Room for a matrix with zeros around it, which products leave zeros. */
  private static Memory zeros(Matrix matrix, DataType type) {
    long m = Math.min(matrix.rows, matrix.columns);
    long n = Math.max(matrix.rows, matrix.columns);
    Memory memory = Memory.allocate(Layout.plain(type, padded(m), padded(n)));
    FloatBuffer numbers = memory.floats();
    while (numbers.hasRemaining()) {
      numbers.put(0);
    }
    return memory;
  }

  private static long padded(long size) {
    return (size + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  }

  private static void write(Tape tape, Matrix matrix, Tensor room, Coefficients k, int steps) {
    boolean high = matrix.rows > matrix.columns;
    long[] size = {Math.min(matrix.rows, matrix.columns), Math.max(matrix.rows, matrix.columns)};
    Order own = high ? Order.TRANSPOSED : Order.PLAIN;
    Tensor place = tape.slot(Layout.of(DataType.F32, own, size));
    Layout wide = room.layout();
    Layout inner = wide.part(size, new long[2]);
    long m = wide.dim(0);
    long n = wide.dim(1);
    DataType type = wide.type();
    Layout square = Layout.plain(type, m, m);
    Function toBracket = Function.times(k.b * k.b / (k.a * k.c));
    tape.copy("X", place, room.as(inner));
    Tensor x = room;
    for (int step = 0; step < steps; step++) {
      Tensor turned = x.as(Layout.of(type, Order.TRANSPOSED, n, m));
      After scaled = After.of(Function.times(k.c / k.b));
      Tensor a = product(tape, x, turned, square, scaled, Map.of());
      After plusA = After.NOTHING.thenAdd(square).then(toBracket);
      Tensor b = product(tape, a, a, square, plusA, Map.of(Argument.added(0), a));
      After plusX = After.NOTHING.thenAdd(wide).then(Function.times(k.a));
      x = product(tape, b, x, wide, plusX, Map.of(Argument.added(0), x));
    }
    tape.copy("X", x.as(inner), place);
  }

  private static Tensor product(
      Tape tape,
      Tensor left,
      Tensor right,
      Layout target,
      After after,
      Map<Argument, Tensor> more) {
    Layout any = Layout.any(right.layout().type(), right.dims());
    Primitive product = new MatrixProduct(left.layout(), any, target).forward(after);
    Map<Argument, Tensor> operands = new LinkedHashMap<>(more);
    operands.put(SOURCE, left);
    operands.put(WEIGHTS, tape.in(product.layout(WEIGHTS), "weights", right));
    return tape.result("product", product, operands);
  }

  /**
   * Replaces each matrix by what the iteration makes of it.
   *
   * @param vector {@code [1, P]} float32; the largest singular value of each matrix at most 1
   */
  public void run(INDArray vector) {
    long start = HostMemory.address(vector);
    execution.run(matrices.stream().mapToLong(m -> start + m.offset * Float.BYTES).toArray());
  }

  @Override
  public void close() {
    execution.close();
    scratch.close();
    program.close();
  }
}
