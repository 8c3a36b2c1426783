package io.github.repvgg4j.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** What zips use for names that are not marked as UTF-8 (APPNOTE.TXT, appendix D). */
  private static final String LEGACY_NAMES = "IBM437";

  private static final long RATIO_FREE_BYTES = 64L << 20;

  private final Path path;
  private final ZipFile zip;
  private final Limits limits;
  private final boolean legacyNames;

  private SafeZip(Path path, ZipFile zip, Limits limits, boolean legacyNames) {
    this.path = path;
    this.zip = zip;
    this.limits = limits;
    this.legacyNames = legacyNames;
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
    SafeZip safe = openUnchecked(path, limits);
    try {
      safe.check();
    } catch (IOException | RuntimeException e) {
      safe.close();
      throw e;
    }
    return safe;
  }

  private static SafeZip openUnchecked(Path path, Limits limits) throws IOException {
    try {
      return new SafeZip(path, new ZipFile(path.toFile()), limits, false);
    } catch (ZipException e) {
      if (limits == Limits.DATA_SET && Charset.isSupported(LEGACY_NAMES)) {
        try { // names that are no UTF-8
          Charset old = Charset.forName(LEGACY_NAMES);
          return new SafeZip(path, new ZipFile(path.toFile(), old), limits, true);
        } catch (ZipException again) {
          throw unreadable(path, limits, again);
        }
      }
      throw unreadable(path, limits, e);
    }
  }

  private static ArchiveException unreadable(Path path, Limits limits, ZipException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("encrypted")) {
      return new ArchiveException(
          path + ": has encrypted entries; unpack it with its password and give the folder", e);
    }
    if (reason.contains("compression method")) {
      return new ArchiveException(
          path + ": is packed by a method other than Deflate; pack it again (" + reason + ")", e);
    }
    return new ArchiveException(
        path
            + ": not a "
            + (limits == Limits.MODEL ? "model " : "")
            + "zip, or a truncated one ("
            + reason
            + ")",
        e);
  }

  private void check() throws ArchiveException {
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
    String path = limits == Limits.DATA_SET ? name.replace('\\', '/') : name;
    boolean trick =
        path.startsWith("/")
            || path.contains("\\")
            || path.contains("\0")
            || path.matches("(?s)^[A-Za-z]:.*")
            || List.of(path.split("/")).contains("..");
    if (trick) {
      throw fault(
          "entry '" + name.replace('\0', '?') + "' leaves the zip's own folder; not opened");
    }
    if (!seen.add(limits == Limits.DATA_SET ? location(name) : name)) {
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

  /**
   * Where an entry of a data set lies: Windows separates by '\\', some programs begin with {@code
   * ./}.
   */
  public static String location(String entryName) {
    if (entryName.indexOf('\\') < 0
        && !entryName.startsWith("./")
        && !entryName.contains("//")
        && !entryName.contains("/./")
        && !entryName.endsWith("/")) {
      return entryName;
    }
    return Arrays.stream(entryName.replace('\\', '/').split("/"))
        .filter(part -> !part.isEmpty() && !part.equals("."))
        .collect(Collectors.joining("/"));
  }

  /** Whether names that are no UTF-8 were found, and read in the code page 437 instead. */
  public boolean hasLegacyNames() {
    return legacyNames;
  }

  /** An entry that exists. */
  public ZipEntry entry(String name) {
    return zip.getEntry(name);
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
    try (InputStream in = new CheckedEntry(this, entry, zip.getInputStream(entry))) {
      byte[] bytes = in.readNBytes(size);
      if (bytes.length != size || in.read() != -1) {
        throw fault("entry '" + name + "' is not as long as it says; the file is damaged");
      }
      return bytes;
    }
  }

  /**
   * A stream over an entry for what is too large to hold twice; the caller closes it. Reading it to
   * its last byte fails where it is damaged.
   */
  public InputStream stream(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw fault("has no entry '" + name + "'; is it a Deeplearning4j model?");
    }
    return new CheckedEntry(this, entry, zip.getInputStream(entry));
  }

  /** What to throw for this zip; the message names it. */
  public ArchiveException fault(String what) {
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
