package io.github.repvgg4j.weights;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Some bytes of a file; mapped when read, so that they take no heap.
 *
 * @param path the file
 * @param offset of the first byte
 * @param length in bytes
 */
record FileRegion(Path path, long offset, long length) {

  /** Most bytes of one region: what a Java buffer holds. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 64L;

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

  /** A part of this region; the caller has checked that it lies within. */
  FileRegion part(long from, long bytes) {
    return new FileRegion(path, offset + from, bytes);
  }
}
