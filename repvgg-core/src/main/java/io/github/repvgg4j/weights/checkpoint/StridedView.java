package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.weights.checkpoint.TorchConstructors.Storage;
import io.github.repvgg4j.weights.checkpoint.TorchConstructors.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor that is a strided view of a storage: checked against the storage, gathered into
 * row-major order when read. Several views may share one storage.
 */
final class StridedView {

  /** Largest tensor that may be bigger than its storage (expanded axes of stride 0), in bytes. */
  private static final long MAX_EXPANDED_BYTES = 64L << 20;

  private StridedView() {}

  /** Tells where the whole storage lies, having checked that it is undamaged. */
  @FunctionalInterface
  interface StorageBytes {
    FileRegion region() throws IOException;
  }

  /** A gapless tensor: one part of its storage. */
  private record Part(StorageBytes storage, int first, int length) implements Tensor.Content {
    @Override
    public ByteBuffer bytes() throws IOException {
      return storage.region().part(first, length).map();
    }

    @Override
    public ByteBuffer bytes(int from, int count) throws IOException {
      return storage.region().part(first + from, count).read();
    }
  }

  /** A tensor whose elements lie apart. */
  private record Scattered(
      StorageBytes storage, int first, List<Long> shape, long[] strides, int width)
      implements Tensor.Content {
    @Override
    public ByteBuffer bytes() throws IOException {
      return bytes(0, Math.toIntExact(shape.stream().reduce((long) width, (a, b) -> a * b)));
    }

    @Override
    public ByteBuffer bytes(int from, int count) throws IOException {
      return gather(from / width, count / width);
    }

    private ByteBuffer gather(int element, int count) throws IOException {
      ByteBuffer all = storage.region().map();
      ByteBuffer out = Tensor.littleEndian(count * width);
      long[] index = index(element);
      byte[] bytes = new byte[width];
      for (int i = 0; i < count; i++) {
        long at = 0;
        for (int axis = 0; axis < strides.length; axis++) {
          at += index[axis] * strides[axis];
        }
        all.get(first + (int) at * width, bytes);
        out.put(bytes);
        for (int axis = strides.length - 1; axis >= 0 && ++index[axis] == shape.get(axis); axis--) {
          index[axis] = 0;
        }
      }
      return out.flip();
    }

    /** Where an element of row-major order stands on each axis. */
    private long[] index(long element) {
      long[] index = new long[shape.size()];
      long left = element;
      for (int axis = index.length - 1; axis >= 0 && left > 0; axis--) {
        index[axis] = left % shape.get(axis);
        left /= shape.get(axis);
      }
      return index;
    }
  }

  /**
   * @param what file and tensor name, for messages
   * @param view as the pickle describes it
   * @param storage its bytes
   */
  static Tensor tensor(String what, View view, StorageBytes storage) throws ArchiveException {
    List<Long> shape = view.shape();
    TensorType type = view.type();
    if (!type.isReadable() || view.storage().type() == TensorType.UNKNOWN) {
      return Tensor.unreadable(what, shape, type);
    }
    try {
      long start = Math.addExact(view.storage().offset(), view.offset());
      check(what, view, start);
      int bytes = Math.toIntExact(new Tensor(shape, type, null).byteLength());
      int first = bytes == 0 ? 0 : Math.toIntExact(start * type.width());
      long[] strides = view.strides().stream().mapToLong(Long::longValue).toArray();
      return new Tensor(
          shape,
          type,
          Tensor.isRowMajor(view.shape(), view.strides())
              ? new Part(storage, first, bytes)
              : new Scattered(storage, first, shape, strides, type.width()));
    } catch (ArithmeticException e) {
      throw new ArchiveException(what + ": impossible shape " + shape + "; damaged file", e);
    }
  }

  private static void check(String what, View view, long start) throws ArchiveException {
    List<Long> shape = view.shape();
    int width = view.type().width();
    if (view.strides().size() != shape.size()
        || start < 0
        || shape.stream().anyMatch(size -> size < 0)
        || view.strides().stream().anyMatch(stride -> stride < 0)) {
      throw new ArchiveException(
          what + ": impossible shape " + shape + " with strides " + view.strides());
    }
    long end = start + 1;
    long length = 1;
    for (int axis = 0; axis < shape.size(); axis++) {
      long steps = Math.max(0, shape.get(axis) - 1);
      if (steps > 0) { // a stride along an axis of length 1 means nothing
        end = Math.addExact(end, Math.multiplyExact(steps, view.strides().get(axis)));
      }
      length = Math.multiplyExact(length, shape.get(axis));
    }
    Storage storage = view.storage();
    long bytes = Math.multiplyExact(length, (long) width);
    long stored = Math.multiplyExact(storage.length(), (long) storage.type().width());
    if (length > 0 && Math.multiplyExact(end, (long) width) > stored) {
      throw new ArchiveException(
          what
              + ": shape "
              + shape
              + " reaches beyond its storage of "
              + storage.length()
              + " elements; damaged file");
    }
    if (bytes > stored && bytes > MAX_EXPANDED_BYTES) {
      throw new ArchiveException(
          what + ": is expanded from " + stored + " bytes to " + bytes + "; not loaded");
    }
    if (stored > FileRegion.MAX_BYTES) {
      throw new ArchiveException(what + ": its storage has " + stored + " bytes; too large");
    }
  }
}
