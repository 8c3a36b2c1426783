package io.github.repvgg4j.archive;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.function.Consumer;
import java.util.zip.ZipException;

/**
 * The numbers of an entry that {@code Nd4j.write} wrote, such as {@link ModelArchive#COEFFICIENTS},
 * read from front to back without ND4J. Two buffers (shape information, data), each an {@link
 * ArrayHeader} and its elements (big endian). What the headers claim is held against the entry's
 * size before memory is taken.
 */
public final class NumberEntry implements Closeable {

  private static final int CHUNK_BYTES = 1 << 18;

  private final SafeZip zip;
  private final String name;
  private final DataInputStream in;
  private final Type type;
  private final long length;
  private final byte[] chunk = new byte[CHUNK_BYTES];

  /** What the numbers are. */
  public enum Type {
    FLOAT(Float.BYTES),
    DOUBLE(Double.BYTES);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private NumberEntry(SafeZip zip, String name, DataInputStream in) throws IOException {
    this.zip = zip;
    this.name = name;
    this.in = in;
    ArrayHeader header = ArrayHeader.ofData(zip.path() + ": " + name, in);
    this.type = type(header.type());
    this.length = header.length();
    long entryBytes = zip.entry(name).getSize();
    if (length < 1 || length > entryBytes / type.bytes) {
      throw zip.fault(
          name + " claims " + length + " numbers in " + entryBytes + " bytes; damaged file");
    }
  }

  /**
   * Reads the header.
   *
   * @throws ArchiveException naming file and entry, also for other types than FLOAT and DOUBLE
   */
  public static NumberEntry open(SafeZip zip, String name) throws IOException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(zip.stream(name), 1 << 13));
    try {
      return new NumberEntry(zip, name, in);
    } catch (EOFException | ZipException | UTFDataFormatException e) {
      in.close();
      throw damaged(zip, name, e);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private Type type(String text) throws ArchiveException {
    for (Type known : Type.values()) {
      if (known.name().equals(text)) {
        return known;
      }
    }
    throw zip.fault(
        name
            + " holds "
            + text
            + " numbers; FLOAT or DOUBLE can be read: save it after"
            + " network.convertDataType(DataType.FLOAT)");
  }

  private static ArchiveException damaged(SafeZip zip, String name, IOException cause) {
    return new ArchiveException(zip.path() + ": " + name + " is cut off or damaged", cause);
  }

  public Type type() {
    return type;
  }

  /** How many numbers there are in all. */
  public long length() {
    return length;
  }

  /** The next {@code target.remaining()} numbers, which must be FLOAT. */
  public void read(FloatBuffer target) throws IOException {
    requireType(Type.FLOAT);
    fill(target.remaining(), bytes -> target.put(bytes.asFloatBuffer()));
  }

  /** The next {@code target.remaining()} numbers, which must be DOUBLE. */
  public void read(DoubleBuffer target) throws IOException {
    requireType(Type.DOUBLE);
    fill(target.remaining(), bytes -> target.put(bytes.asDoubleBuffer()));
  }

  /** Passes over the next numbers. */
  public void skip(long numbers) throws IOException {
    fill(numbers, bytes -> {});
  }

  private void requireType(Type wanted) {
    if (type != wanted) {
      throw new IllegalStateException(name + " holds " + type + ", not " + wanted);
    }
  }

  private void fill(long numbers, Consumer<ByteBuffer> target) throws IOException {
    try {
      for (long left = numbers * type.bytes; left > 0; ) {
        int bytes = (int) Math.min(CHUNK_BYTES, left);
        in.readFully(chunk, 0, bytes);
        target.accept(ByteBuffer.wrap(chunk, 0, bytes));
        left -= bytes;
      }
    } catch (EOFException | ZipException e) {
      throw damaged(zip, name, e);
    }
  }

  /** Fails where the entry goes on behind what has been read. */
  public void requireEnd() throws IOException {
    try {
      if (in.read() != -1) {
        throw zip.fault(name + " goes on after its last number; damaged file");
      }
    } catch (EOFException | ZipException e) {
      throw damaged(zip, name, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
