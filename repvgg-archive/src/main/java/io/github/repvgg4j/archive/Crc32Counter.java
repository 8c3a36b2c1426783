package io.github.repvgg4j.archive;

import java.io.OutputStream;
import java.util.zip.CRC32;

/** Keeps of what is written only its size and checksum, which a stored zip entry states first. */
final class Crc32Counter extends OutputStream {

  private final CRC32 checksum = new CRC32();
  private long bytes;

  @Override
  public void write(int value) {
    checksum.update(value);
    bytes++;
  }

  @Override
  public void write(byte[] content, int offset, int length) {
    checksum.update(content, offset, length);
    bytes += length;
  }

  long bytes() {
    return bytes;
  }

  long crc() {
    return checksum.getValue();
  }
}
