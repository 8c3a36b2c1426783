package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * One tensor of a file or a network. Its numbers are fetched when asked for, not before.
 *
 * @param shape sizes of the axes, outermost first; empty for a scalar
 * @param type of an element
 * @param content where the numbers come from
 */
public record Tensor(List<Long> shape, TensorType type, Content content) {

  /** Gives the elements in row-major order, little-endian, without gaps. */
  @FunctionalInterface
  public interface Content {
    /** A buffer from position 0 to its limit, read only for the caller. */
    ByteBuffer bytes() throws IOException;

    /** A part of them, from position 0 to its limit. */
    default ByteBuffer bytes(int from, int count) throws IOException {
      return bytes().slice(from, count).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  public Tensor {
    shape = List.copyOf(shape);
  }

  /** A float32 tensor over an array, which is not copied. */
  public static Tensor ofFloats(List<Long> shape, float[] values) {
    return ofFloats(shape, () -> values);
  }

  /** A float32 tensor whose numbers, row-major, are fetched when they are asked for. */
  public static Tensor ofFloats(List<Long> shape, Supplier<float[]> numbers) {
    return new Tensor(
        shape,
        TensorType.FLOAT32,
        () -> {
          float[] values = numbers.get();
          ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
          bytes.asFloatBuffer().put(values);
          return bytes;
        });
  }

  /** An int64 scalar, such as BatchNorm's {@code num_batches_tracked}. */
  public static Tensor ofLong(long value) {
    return new Tensor(
        List.of(), TensorType.INT64, () -> littleEndian(Long.BYTES).putLong(0, value));
  }

  /**
   * A tensor whose numbers can't be read; asking for them fails.
   *
   * @param what file and tensor name, for that message
   */
  static Tensor unreadable(String what, List<Long> shape, TensorType type) {
    return new Tensor(
        shape,
        type,
        () -> {
          throw new ArchiveException(what + ": has type " + type + ", which is not supported");
        });
  }

  /** Number of elements. */
  public long length() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** Bytes of all elements. */
  public long byteLength() {
    return Math.multiplyExact(length(), (long) type.width());
  }

  /** The sizes of the axes as an array. */
  public long[] shapeArray() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** All elements in row-major order as float32; exact unless the type is wider. */
  public float[] floats() throws IOException {
    return floats(content.bytes());
  }

  /** The elements from {@code first} to {@code end}, exclusive; only these are read. */
  public float[] floats(int first, int end) throws IOException {
    int from = Math.multiplyExact(first, type.width());
    return floats(content.bytes(from, Math.multiplyExact(end, type.width()) - from));
  }

  private float[] floats(ByteBuffer bytes) {
    float[] values = new float[bytes.limit() / type.width()];
    if (type == TensorType.FLOAT32) {
      bytes.asFloatBuffer().get(values);
    } else {
      for (int i = 0; i < values.length; i++) {
        values[i] = type.toFloat(bytes, i * type.width());
      }
    }
    return values;
  }

  /** The only element of an integer scalar. */
  public long scalar() throws IOException {
    ByteBuffer bytes = content.bytes();
    return type == TensorType.INT64 ? bytes.getLong(0) : (long) type.toFloat(bytes, 0);
  }

  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Strides of a gapless row-major tensor, in elements. */
  static long[] rowMajorStrides(List<Long> shape) {
    long[] strides = new long[shape.size()];
    long step = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step = Math.multiplyExact(step, Math.max(1, shape.get(axis)));
    }
    return strides;
  }

  /** Whether elements lie gapless in row-major order; strides of axes of length 1 mean nothing. */
  static boolean isRowMajor(List<Long> shape, List<Long> strides) {
    long[] expected = rowMajorStrides(shape);
    for (int axis = 0; axis < expected.length; axis++) {
      if (shape.get(axis) != 1 && strides.get(axis) != expected[axis]) {
        return false;
      }
    }
    return true;
  }

  /** The shape as PyTorch prints it, such as {@code [64, 48, 3, 3]}. */
  public static String shapeText(long... shape) {
    return LongStream.of(shape).boxed().toList().toString();
  }
}
