package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * Some bytes of a file: read in parts, or mapped as a whole, so that they take no heap.
 *
 * @param path the file
 * @param offset of the first byte
 * @param length in bytes
 */
record FileRegion(Path path, long offset, long length) implements Tensor.Content {

  /** Most bytes of one region: what a Java buffer holds. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 64L;

  private static final long PART_BYTES = 1 << 16;

  ByteBuffer map() throws IOException {
    if (length > MAX_BYTES) {
      throw new ArchiveException(
          path + ": one storage has " + length + " bytes, more than " + MAX_BYTES);
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (offset < 0 || length < 0 || offset > channel.size() - length) {
        throw new ArchiveException(path + ": is shorter than it was; was it changed while read?");
      }
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  @Override
  public ByteBuffer bytes() throws IOException {
    return map();
  }

  @Override
  public ByteBuffer bytes(int from, int count) throws IOException {
    return part(from, count).read();
  }

  /** The bytes, copied. A mapping would count as this program's memory until Java collects it. */
  ByteBuffer read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new ArchiveException(path + ": is shorter than it was; was it changed while read?");
        }
      }
    }
    return bytes.flip();
  }

  /** The checksum of the bytes, as zips have it. */
  long crc32() throws IOException {
    CRC32 crc = new CRC32();
    for (long from = 0; from < length; from += PART_BYTES) {
      crc.update(part(from, Math.min(PART_BYTES, length - from)).read());
    }
    return crc.getValue();
  }

  /** A part of this region; the caller has checked that it lies within. */
  FileRegion part(long from, long bytes) {
    return new FileRegion(path, offset + from, bytes);
  }
}
