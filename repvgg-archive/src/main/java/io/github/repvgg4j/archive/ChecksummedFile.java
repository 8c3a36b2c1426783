package io.github.repvgg4j.archive;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/** A file that ends in the CRC-32 of all before it, as a big-endian long. */
public final class ChecksummedFile {

  private static final int BUFFER_BYTES = 1 << 18;

  private ChecksummedFile() {}

  /** What writes a file's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Writes the file, whole or not at all. */
  public static void write(Path file, Content content) throws IOException {
    AtomicFile.stream(
        file,
        plain -> {
          CheckedOutputStream checked = new CheckedOutputStream(plain, new CRC32());
          DataOutputStream out = new DataOutputStream(checked);
          content.writeTo(out);
          out.writeLong(checked.getChecksum().getValue());
        });
  }

  /** Such a file from its beginning. */
  public static Input open(Path file) throws IOException {
    CRC32 crc = new CRC32();
    return new Input(
        new CheckedInputStream(
            new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES), crc),
        crc);
  }

  /** Such a file while it is read. */
  public static final class Input extends DataInputStream {

    private final CRC32 crc;

    private Input(CheckedInputStream in, CRC32 crc) {
      super(in);
      this.crc = crc;
    }

    /**
     * After the last of the content.
     *
     * @throws IOException when what was read is not what was written
     */
    public void requireChecksum() throws IOException {
      long expected = crc.getValue();
      if (readLong() != expected) {
        throw new IOException("is damaged (its checksum does not match)");
      }
    }
  }
}
