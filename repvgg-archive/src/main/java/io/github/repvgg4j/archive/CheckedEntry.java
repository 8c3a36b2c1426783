package io.github.repvgg4j.archive;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

/**
 * An entry's bytes, held against its checksum when the last one is read: {@link
 * java.util.zip.ZipFile} reads a damaged entry without a word.
 */
final class CheckedEntry extends FilterInputStream {

  private final CRC32 checksum = new CRC32();
  private final SafeZip zip;
  private final ZipEntry entry;
  private long left;

  CheckedEntry(SafeZip zip, ZipEntry entry, InputStream in) {
    super(in);
    this.zip = zip;
    this.entry = entry;
    this.left = entry.getSize();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(target, offset, length);
    } catch (ZipException | EOFException e) {
      throw new ArchiveException(
          zip.path() + ": entry '" + entry.getName() + "' is damaged (" + e.getMessage() + ")", e);
    }
    if (count > 0) {
      checksum.update(target, offset, count);
      left -= count;
      if (left == 0 && checksum.getValue() != entry.getCrc()) {
        throw zip.fault("entry '" + entry.getName() + "' is damaged (its checksum is another)");
      }
    }
    return count;
  }

  /** By reading, as skipped bytes count too. */
  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(count, 1 << 13))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
