package io.github.repvgg4j.array;

import org.nd4j.linalg.api.buffer.DataType;
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
    HostMemory.read(
        array,
        numbers -> {
          float[] block = new float[Math.min(LENGTH, numbers.remaining())];
          while (numbers.hasRemaining()) {
            int start = numbers.position();
            int count = Math.min(LENGTH, numbers.remaining());
            numbers.get(block, 0, count);
            reader.read(start, block, count);
          }
        });
  }

  /** A new FLOAT array. */
  static INDArray create(Writer writer, long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    HostMemory.write(
        array,
        numbers -> {
          float[] block = new float[Math.min(LENGTH, numbers.remaining())];
          while (numbers.hasRemaining()) {
            int count = Math.min(LENGTH, numbers.remaining());
            writer.write(numbers.position(), block, count);
            numbers.put(block, 0, count);
          }
        });
    return array;
  }
}
