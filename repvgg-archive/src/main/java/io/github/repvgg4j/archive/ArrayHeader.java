package io.github.repvgg4j.archive;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;

/**
 * What stands before each of the two buffers (shape information, data) of an array that {@code
 * Nd4j.write} wrote: allocation mode (UTF), length, data type (UTF). ND4J up to 0.9.1 wrote the
 * length as an int and shapes of INT; the allocation mode tells the two apart ({@code
 * BaseDataBuffer.readHeader}).
 *
 * @param length elements that follow, big-endian
 * @param type ND4J's name of their type
 */
public record ArrayHeader(long length, String type) {

  private static final Set<String> OLD_MODES = Set.of("DIRECT", "HEAP", "JAVACPP");
  private static final Set<String> MODES = Set.of("LONG_SHAPE", "MIXED_DATA_TYPES");
  private static final int MAX_RANK = 32;

  /** Reads one. */
  static ArrayHeader read(DataInputStream in) throws IOException {
    String mode = in.readUTF();
    if (OLD_MODES.contains(mode)) {
      return new ArrayHeader(in.readInt(), in.readUTF());
    }
    if (MODES.contains(mode)) {
      return new ArrayHeader(in.readLong(), in.readUTF());
    }
    return new ArrayHeader(-1, "");
  }

  /**
   * Leaves the stream at the first number of the data.
   *
   * @param what file and entry, for messages
   * @return the data's header
   * @throws ArchiveException when this is no array of ND4J
   */
  public static ArrayHeader ofData(String what, DataInputStream in) throws IOException {
    ArrayHeader shape = read(in);
    int width = shape.type.equals("LONG") ? Long.BYTES : shape.type.equals("INT") ? 4 : 0;
    if (width == 0 || shape.length < 4 || shape.length > 2 * MAX_RANK + 4) {
      throw new ArchiveException(what + " does not hold an ND4J array; damaged file");
    }
    in.skipNBytes(shape.length * width);
    ArrayHeader data = read(in);
    if (data.length < 0) {
      throw new ArchiveException(what + " does not hold an ND4J array; damaged file");
    }
    return data;
  }
}
