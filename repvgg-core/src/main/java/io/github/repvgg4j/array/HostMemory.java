package io.github.repvgg4j.array;

import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The one door to an array's memory as Java and native code see it. On CUDA every array has two
 * copies, the device's and the host's: what is read here is brought up to date first, and what was
 * written is marked as the newer one, or the device would go on with what it had. Without that mark
 * nothing fails: the network runs on numbers nobody wrote.
 *
 * <p>ND4J's own {@code putScalar}, {@code getFloat}, {@code asFloat} and the like do so themselves.
 */
public final class HostMemory {

  private HostMemory() {}

  /**
   * What is done with an array's numbers, in C order; the buffer is of no use afterwards.
   *
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Access<E extends Exception> {
    void with(FloatBuffer numbers) throws E;
  }

  /**
   * Reads an array.
   *
   * @param array FLOAT, of any shape; one that is not row-major is copied first
   * @param access gets the numbers read-only
   */
  public static <E extends Exception> void read(INDArray array, Access<E> access) throws E {
    if (array.isEmpty()) {
      return;
    }
    INDArray rows = RowMajor.of(array);
    try {
      access.with(numbers(rows).asReadOnlyBuffer());
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  /**
   * Writes to an array, all of it or a part.
   *
   * @param array FLOAT, row-major; may be a view
   * @throws IllegalArgumentException for an array that is not row-major
   */
  public static <E extends Exception> void write(INDArray array, Access<E> access) throws E {
    if (array.isEmpty()) {
      return;
    }
    try {
      access.with(numbers(array));
    } finally {
      markWritten(array);
    }
  }

  /** As {@link Access}, for DOUBLE. */
  @FunctionalInterface
  public interface DoubleAccess<E extends Exception> {
    void with(DoubleBuffer numbers) throws E;
  }

  /**
   * Writes to an array, all of it or a part.
   *
   * @param array DOUBLE, row-major and not empty; may be a view
   */
  public static <E extends Exception> void writeDoubles(INDArray array, DoubleAccess<E> access)
      throws E {
    Pointer first = first(array, DataType.DOUBLE);
    try {
      access.with(new DoublePointer(first).capacity(array.length()).asBuffer());
    } finally {
      markWritten(array);
    }
  }

  private static void markWritten(INDArray array) {
    Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
    Reference.reachabilityFence(array);
  }

  /**
   * Where an array lies, for native code of this machine. Good as long as the array is reachable.
   *
   * @param array of any layout; the address is that of its first number
   * @throws IllegalStateException on CUDA, where native code would see one of two copies
   */
  public static long address(INDArray array) {
    if (isOnDevice()) {
      throw new IllegalStateException(
          "an address in the host's memory means nothing to an array on a CUDA device");
    }
    return array.data().addressPointer().address();
  }

  /** Whether ND4J computes on a device with memory of its own. */
  public static boolean isOnDevice() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.CUDA;
  }

  private static FloatBuffer numbers(INDArray rows) {
    return new FloatPointer(first(rows, DataType.FLOAT)).capacity(rows.length()).asBuffer();
  }

  private static Pointer first(INDArray rows, DataType type) {
    if (rows.dataType() != type) {
      throw new IllegalArgumentException(type + " expected, got " + rows.dataType());
    }
    if (!RowMajor.is(rows)) {
      throw new IllegalArgumentException("not row-major: " + rows.shapeInfoToString());
    }
    Nd4j.getAffinityManager().ensureLocation(rows, Location.HOST); // before, CUDA has no pointer
    return rows.data().addressPointer();
  }
}
