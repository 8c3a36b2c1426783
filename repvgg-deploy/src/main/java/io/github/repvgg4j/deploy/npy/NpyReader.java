package io.github.repvgg4j.deploy.npy;

import io.github.repvgg4j.array.HostMemory;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads a float32 {@code .npy} file along its first axis. The head is held against the file's size
 * before memory is taken.
 */
public final class NpyReader implements Closeable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final DataInputStream in;
  private final List<Long> shape;
  private long left;

  private NpyReader(DataInputStream in, List<Long> shape) {
    this.in = in;
    this.shape = shape;
    this.left = shape.get(0);
  }

  /**
   * Opens a file with at least two axes.
   *
   * @throws IOException one line that names the file, the fault and the remedy
   */
  public static NpyReader open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + (Files.exists(file) ? ": is not a file" : ": no such file"));
    }
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
    try {
      NpyHeader header = NpyHeader.read(in);
      check(header, Files.size(file));
      return new NpyReader(in, header.shape());
    } catch (IOException e) {
      in.close();
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static void check(NpyHeader header, long fileBytes) throws IOException {
    List<Long> shape = header.shape();
    if (shape.size() < 2) {
      throw new IOException("has shape " + shape + "; needs the axis of the images and more");
    }
    if (shape.contains(0L)) {
      throw new IOException("has shape " + shape + ", which is empty");
    }
    long numbers = 1;
    for (long axis : shape) {
      if (axis > fileBytes || numbers > fileBytes) {
        throw sizeMismatch(shape, fileBytes);
      }
      numbers *= axis;
    }
    if (header.bytes() + numbers * Float.BYTES != fileBytes) {
      throw sizeMismatch(shape, fileBytes);
    }
  }

  private static IOException sizeMismatch(List<Long> shape, long fileBytes) {
    return new IOException(
        "claims shape " + shape + " but has " + fileBytes + " bytes; cut off or damaged");
  }

  /** All axes of the file. */
  public List<Long> shape() {
    return shape;
  }

  /** Whether another call of {@link #next} gives anything. */
  public boolean hasNext() {
    return left > 0;
  }

  /** The next {@code count} entries of the first axis, or as many as are left; float32. */
  public INDArray next(int count) throws IOException {
    long[] axes = shape.stream().mapToLong(Long::longValue).toArray();
    axes[0] = Math.min(count, left);
    INDArray values = Nd4j.createUninitialized(DataType.FLOAT, axes);
    HostMemory.write(values, this::fill);
    left -= axes[0];
    return values;
  }

  private void fill(FloatBuffer target) throws IOException {
    byte[] chunk = new byte[BUFFER_BYTES];
    while (target.hasRemaining()) {
      int part = (int) Math.min(chunk.length, (long) target.remaining() * Float.BYTES);
      in.readFully(chunk, 0, part);
      target.put(ByteBuffer.wrap(chunk, 0, part).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
