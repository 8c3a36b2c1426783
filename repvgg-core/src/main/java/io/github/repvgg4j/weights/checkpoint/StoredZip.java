package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A zip whose entries are stored as they are, which is what {@code torch.save} writes: an entry is
 * a region of the file, nothing is unpacked, so nothing can explode. Read by its central directory
 * (PKWARE APPNOTE 4.3.12 to 4.3.16, with zip64). Compressed entries are refused when asked for.
 */
final class StoredZip {

  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR64_BYTES = 20;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_ENTRIES = 200_000;
  private static final long MAX_DIRECTORY_BYTES = 32L << 20;

  /** One entry as the directory states it. */
  private record Entry(int method, long crc, long packed, long size, long header) {}

  private final Path path;
  private final long fileBytes;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private StoredZip(Path path, long fileBytes) {
    this.path = path;
    this.fileBytes = fileBytes;
  }

  static StoredZip open(Path path) throws IOException {
    StoredZip zip = new StoredZip(path, Files.size(path));
    try {
      zip.readDirectory();
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new ArchiveException(path + ": damaged zip directory; download it again", e);
    }
    return zip;
  }

  Iterable<String> names() {
    return entries.keySet();
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Where the bytes of an entry lie. */
  FileRegion region(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw fault("has no entry '" + name + "'; not a checkpoint of torch.save, or a damaged one");
    }
    if (entry.method != 0 || entry.packed != entry.size) {
      throw fault(
          "entry '"
              + name
              + "' is compressed, which torch.save never does; save the checkpoint again");
    }
    ByteBuffer header = slice(entry.header, LOCAL_BYTES);
    if (header.getInt(0) != LOCAL) {
      throw fault("entry '" + name + "' is not where the directory says; damaged file");
    }
    long start =
        entry.header + LOCAL_BYTES + unsigned(header.getShort(26)) + unsigned(header.getShort(28));
    if (start > fileBytes - entry.size) {
      throw fault("entry '" + name + "' is cut off; download it again");
    }
    return new FileRegion(path, start, entry.size);
  }

  /** Fails when the bytes of an entry are not those that were written. */
  void checkCrc(String name, FileRegion region) throws IOException {
    if (region.crc32() != entries.get(name).crc) {
      throw fault("entry '" + name + "' is damaged (its checksum differs); download it again");
    }
  }

  private void readDirectory() throws IOException {
    long tailBytes = Math.min(fileBytes, END_BYTES + 0xffffL);
    long tailStart = fileBytes - tailBytes;
    ByteBuffer tail = slice(tailStart, tailBytes);
    int end = (int) tailBytes - END_BYTES;
    while (end >= 0 && tail.getInt(end) != END) {
      end--;
    }
    if (end < 0) {
      throw fault("is cut off (no zip directory at its end); download it again");
    }
    long count = unsigned(tail.getShort(end + 10));
    long bytes = unsigned(tail.getInt(end + 12));
    long offset = unsigned(tail.getInt(end + 16));
    if (end >= LOCATOR64_BYTES && tail.getInt(end - LOCATOR64_BYTES) == LOCATOR64) {
      ByteBuffer end64 = slice(tail.getLong(end - LOCATOR64_BYTES + 8), 56);
      if (end64.getInt(0) != END64) {
        throw fault("damaged zip64 directory; download it again");
      }
      count = end64.getLong(32);
      bytes = end64.getLong(40);
      offset = end64.getLong(48);
    }
    if (count < 0 || count > MAX_ENTRIES || bytes < 0 || bytes > MAX_DIRECTORY_BYTES) {
      throw fault("its directory claims " + count + " entries in " + bytes + " bytes; not opened");
    }
    readEntries(slice(offset, bytes), (int) count);
    checkDisjoint();
  }

  /** Entries that share bytes are how a small zip pretends to be a large one. */
  private void checkDisjoint() throws ArchiveException {
    long end = 0;
    List<Entry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(Comparator.comparingLong(Entry::header));
    for (Entry entry : inOrder) {
      if (entry.header < end || entry.packed < 0 || entry.packed > fileBytes) {
        throw fault("its entries overlap or are larger than the file; not opened");
      }
      end = entry.header + LOCAL_BYTES + entry.packed;
    }
  }

  private void readEntries(ByteBuffer directory, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int at = directory.position();
      if (directory.getInt(at) != CENTRAL) {
        throw fault("damaged zip directory; download it again");
      }
      int nameBytes = unsigned(directory.getShort(at + 28));
      int extraBytes = unsigned(directory.getShort(at + 30));
      int commentBytes = unsigned(directory.getShort(at + 32));
      byte[] name = new byte[nameBytes];
      directory.position(at + CENTRAL_BYTES).get(name);
      Entry entry = entry(directory, at, extraBytes);
      if (entries.put(new String(name, StandardCharsets.UTF_8), entry) != null) {
        throw fault(
            "entry '"
                + Printable.text(new String(name, StandardCharsets.UTF_8))
                + "' stands twice; not opened");
      }
      directory.position(at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes);
    }
  }

  private static Entry entry(ByteBuffer directory, int at, int extraBytes) {
    long packed = unsigned(directory.getInt(at + 20));
    long size = unsigned(directory.getInt(at + 24));
    long header = unsigned(directory.getInt(at + 42));
    ByteBuffer extra = directory.slice(directory.position(), extraBytes).order(directory.order());
    while (extra.remaining() >= 4) {
      int id = unsigned(extra.getShort());
      int bytes = unsigned(extra.getShort());
      int next = extra.position() + bytes;
      if (id == 1) { // zip64: only the values that did not fit, in this order
        size = size == 0xffffffffL ? extra.getLong() : size;
        packed = packed == 0xffffffffL ? extra.getLong() : packed;
        header = header == 0xffffffffL ? extra.getLong() : header;
      }
      if (next > extra.limit()) {
        break;
      }
      extra.position(next);
    }
    long crc = unsigned(directory.getInt(at + 16));
    return new Entry(unsigned(directory.getShort(at + 10)), crc, packed, size, header);
  }

  private ByteBuffer slice(long offset, long bytes) throws IOException {
    if (offset < 0 || bytes < 0 || offset > fileBytes - bytes) {
      throw fault("damaged zip directory; download it again");
    }
    return new FileRegion(path, offset, bytes).map();
  }

  private ArchiveException fault(String what) {
    return new ArchiveException(path + ": " + what);
  }

  private static int unsigned(short value) {
    return value & 0xffff;
  }

  private static long unsigned(int value) {
    return value & 0xffffffffL;
  }
}
