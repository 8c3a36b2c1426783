package io.github.repvgg4j.array;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * FLOAT arrays of ND4J in row-major order, block by block: a copy of the whole would take as much
 * memory again, and one call a number takes seconds.
 */
public final class FloatBlocks {

  /** The largest block. */
  public static final int LENGTH = 1 << 14;

  private FloatBlocks() {}

  /** Takes {@code count} numbers, of which the first stands at {@code start} in the array. */
  @FunctionalInterface
  public interface Reader {
    void read(int start, float[] block, int count);
  }

  /** Gives {@code count} numbers, of which the first stands at {@code start} in the array. */
  @FunctionalInterface
  public interface Writer {
    void write(int start, float[] block, int count);
  }

  /**
   * Reads an array.
   *
   * @param array FLOAT, of any shape; a view that is not row-major is copied first
   */
  public static void read(INDArray array, Reader reader) {
    if (array.isEmpty()) {
      return;
    }
    INDArray rows = RowMajor.of(array);
    Nd4j.getAffinityManager().ensureLocation(rows, Location.HOST);
    FloatPointer from = new FloatPointer(rows.data().addressPointer());
    int length = Math.toIntExact(rows.length());
    float[] block = new float[Math.min(LENGTH, length)];
    for (int start = 0; start < length; start += LENGTH) {
      int count = Math.min(LENGTH, length - start);
      from.position(start).get(block, 0, count);
      reader.read(start, block, count);
    }
    Reference.reachabilityFence(rows);
  }

  /** A new FLOAT array. */
  static INDArray create(Writer writer, long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    FloatPointer to = new FloatPointer(array.data().addressPointer());
    int length = Math.toIntExact(array.length());
    float[] block = new float[Math.min(LENGTH, length)];
    for (int start = 0; start < length; start += LENGTH) {
      int count = Math.min(LENGTH, length - start);
      writer.write(start, block, count);
      to.position(start).put(block, 0, count);
    }
    Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
    return array;
  }
}
