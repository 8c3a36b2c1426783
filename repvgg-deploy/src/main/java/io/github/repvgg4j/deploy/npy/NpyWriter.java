package io.github.repvgg4j.deploy.npy;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a float32 {@code .npy} file of known shape, piece by piece along its first axis. */
public final class NpyWriter implements Closeable {

  private final OutputStream out;
  private long missing;

  private NpyWriter(OutputStream out, List<Long> shape) {
    this.out = out;
    this.missing = shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Begins a file; the caller appends exactly as many numbers as the shape holds. */
  public static NpyWriter create(Path file, List<Long> shape) throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    out.write(NpyHeader.write(shape));
    return new NpyWriter(out, shape);
  }

  /** Appends an array in C order. */
  public void append(INDArray values) throws IOException {
    if (values.length() > missing) {
      throw new IllegalArgumentException(
          "the shape leaves room for " + missing + " numbers, got " + values.length());
    }
    float[] numbers = values.castTo(DataType.FLOAT).dup('c').data().asFloat();
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    out.write(bytes.array());
    missing -= numbers.length;
  }

  /** Fails when numbers are missing: the file would not be what its head says. */
  @Override
  public void close() throws IOException {
    out.close();
    if (missing != 0) {
      throw new IllegalStateException(missing + " numbers fewer than the shape says");
    }
  }
}
