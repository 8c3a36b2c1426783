package io.github.repvgg4j.runtime;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ArrayHeader;
import io.github.repvgg4j.archive.SafeZip;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * Reads {@code coefficients.bin} as {@code Nd4j.write} wrote it, without ND4J: two buffers (shape
 * information, data), each an {@link ArrayHeader} and its elements (big endian).
 */
final class ZipParameters implements Parameters, AutoCloseable {

  private static final String ENTRY = "coefficients.bin";
  private static final int CHUNK_BYTES = 1 << 18;

  private final Path path;
  private final DataInputStream in;
  private final long length;
  private final byte[] chunk = new byte[CHUNK_BYTES];

  private ZipParameters(Path path, DataInputStream in) throws IOException {
    this.path = path;
    this.in = in;
    ArrayHeader data = ArrayHeader.ofData(path + ": " + ENTRY, in);
    if (!data.type().equals("FLOAT")) {
      throw new ArchiveException(
          path + ": " + ENTRY + " holds " + data.type() + " numbers; the fast runtime reads FLOAT");
    }
    this.length = data.length();
  }

  static ZipParameters open(SafeZip zip) throws IOException {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(zip.stream(ENTRY), CHUNK_BYTES));
    try {
      return new ZipParameters(zip.path(), in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void read(FloatBuffer target) throws IOException {
    try {
      while (target.hasRemaining()) {
        int bytes = (int) Math.min(CHUNK_BYTES, (long) target.remaining() * Float.BYTES);
        in.readFully(chunk, 0, bytes);
        target.put(ByteBuffer.wrap(chunk, 0, bytes).asFloatBuffer());
      }
    } catch (java.io.EOFException | java.util.zip.ZipException e) {
      throw new ArchiveException(path + ": " + ENTRY + " is cut off or damaged", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
