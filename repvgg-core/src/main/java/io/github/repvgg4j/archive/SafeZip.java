package io.github.repvgg4j.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip that was checked when it was opened: number of entries, names, sizes, compression ratios.
 * Entries are read through the central directory only, each no further than its stated size, so
 * that an entry hidden from the directory does not exist for us.
 */
public final class SafeZip implements Closeable {

  /**
   * What a zip may hold at most.
   *
   * @param entries number of entries
   * @param totalBytes sum of the uncompressed sizes
   */
  public record Limits(int entries, long totalBytes) {
    /** More than any model has. */
    public static final Limits MODEL = new Limits(10_000, 8L << 30);

    /** For images that are read one at a time. */
    public static final Limits DATA_SET = new Limits(5_000_000, 1L << 40);
  }

  /** Largest uncompressed entry, bytes: arrays of Java hold no more. */
  static final long MAX_ENTRY_BYTES = Integer.MAX_VALUE - 64L;

  /** Deflate reaches 1032:1 on constant bytes; zeroed weights get there, so small ones may. */
  static final long MAX_RATIO = 200;

  private static final long RATIO_FREE_BYTES = 64L << 20;

  private final Path path;
  private final ZipFile zip;

  private SafeZip(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
  }

  /** Opens and checks a model zip. */
  public static SafeZip open(Path path) throws IOException {
    return open(path, Limits.MODEL);
  }

  /**
   * Opens and checks a zip.
   *
   * @throws ArchiveException naming the file and the entry that is at fault
   */
  public static SafeZip open(Path path, Limits limits) throws IOException {
    if (!Files.exists(path)) {
      throw new ArchiveException(path + ": no such file");
    }
    if (!Files.isRegularFile(path)) {
      throw new ArchiveException(path + ": is not a file; give the path of a zip");
    }
    if (!Files.isReadable(path)) {
      throw new ArchiveException(path + ": no permission to read");
    }
    ZipFile zip;
    try {
      zip = new ZipFile(path.toFile());
    } catch (ZipException e) {
      throw new ArchiveException(
          path
              + ": not a "
              + (limits == Limits.MODEL ? "model " : "")
              + "zip, or a truncated one ("
              + e.getMessage()
              + ")",
          e);
    }
    SafeZip safe = new SafeZip(path, zip);
    try {
      safe.check(limits);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
    return safe;
  }

  private void check(Limits limits) throws ArchiveException {
    if (zip.size() > limits.entries) {
      throw fault("has " + zip.size() + " entries, more than " + limits.entries);
    }
    Set<String> names = new HashSet<>();
    long total = 0;
    for (ZipEntry entry : entries()) {
      checkName(entry.getName(), names);
      checkSize(entry);
      total += entry.getSize();
    }
    if (total > limits.totalBytes) {
      throw fault("unpacks to " + total + " bytes, more than " + limits.totalBytes);
    }
  }

  private void checkName(String name, Set<String> seen) throws ArchiveException {
    boolean trick =
        name.startsWith("/")
            || name.contains("\\")
            || name.contains("\0")
            || name.matches("^[A-Za-z]:.*")
            || List.of(name.split("/")).contains("..");
    if (trick) {
      throw fault(
          "entry '" + name.replace('\0', '?') + "' leaves the zip's own folder; not opened");
    }
    if (!seen.add(name)) {
      throw fault("entry '" + name + "' stands twice; not opened");
    }
  }

  private void checkSize(ZipEntry entry) throws ArchiveException {
    long size = entry.getSize();
    long packed = entry.getCompressedSize();
    if (size < 0 || size > MAX_ENTRY_BYTES) {
      throw fault(
          "entry '" + entry.getName() + "' states a size of " + size + " bytes; not opened");
    }
    if (size > RATIO_FREE_BYTES && size / Math.max(packed, 1) > MAX_RATIO) {
      throw fault(
          "entry '"
              + entry.getName()
              + "' unpacks "
              + packed
              + " to "
              + size
              + " bytes; not opened");
    }
  }

  /** All entries, in the order of the central directory. */
  public List<ZipEntry> entries() {
    return zip.stream().<ZipEntry>map(e -> e).toList();
  }

  public boolean has(String name) {
    return zip.getEntry(name) != null;
  }

  /** A whole entry; fails when it is missing, damaged or larger than it says. */
  public byte[] read(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw fault("has no entry '" + name + "'; is it a Deeplearning4j model?");
    }
    int size = Math.toIntExact(entry.getSize());
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(size);
      if (bytes.length != size || in.read() != -1) {
        throw fault("entry '" + name + "' is not as long as it says; the file is damaged");
      }
      return bytes;
    } catch (ZipException | java.io.EOFException e) {
      throw new ArchiveException(
          path + ": entry '" + name + "' is damaged (" + e.getMessage() + ")", e);
    }
  }

  /** A stream over an entry for what is too large to hold twice; the caller closes it. */
  public InputStream stream(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw fault("has no entry '" + name + "'; is it a Deeplearning4j model?");
    }
    return zip.getInputStream(entry);
  }

  ArchiveException fault(String what) {
    return new ArchiveException(path + ": " + what);
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
