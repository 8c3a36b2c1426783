package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.SafeZip;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;

/** A zip, read where it lies, one entry at a time. */
public final class ZipTree implements FileTree {

  private static final int MAX_DEPTH = 256;

  private final SafeZip zip;
  private final Map<String, List<Entry>> folders = new HashMap<>();

  /** The zip's own names of entries that it spells in another way, with '\' for instance. */
  private final Map<String, String> spelled = new HashMap<>();

  public ZipTree(SafeZip zip) throws IOException {
    this.zip = zip;
    folders.put("", new ArrayList<>());
    for (ZipEntry entry : zip.entries()) {
      add(entry);
    }
  }

  private void add(ZipEntry entry) throws ArchiveException {
    String location = SafeZip.location(entry.getName());
    if (location.isEmpty()) {
      return;
    }
    if (location.chars().filter(c -> c == '/').count() >= MAX_DEPTH) {
      throw new ArchiveException(
          zip.path() + ": an entry lies more than " + MAX_DEPTH + " folders deep; not opened");
    }
    if (entry.getName().endsWith("/") || entry.getName().endsWith("\\")) {
      folder(location);
      return;
    }
    int slash = location.lastIndexOf('/');
    folder(slash < 0 ? "" : location.substring(0, slash))
        .add(Entry.file(location.substring(slash + 1), entry.getSize()));
    if (!location.equals(entry.getName())) {
      spelled.put(location, entry.getName());
    }
  }

  /** The list of a folder, which is made known with all above it. */
  private List<Entry> folder(String location) {
    List<Entry> known = folders.get(location);
    if (known != null) {
      return known;
    }
    int slash = location.lastIndexOf('/');
    folder(slash < 0 ? "" : location.substring(0, slash))
        .add(Entry.folder(location.substring(slash + 1)));
    List<Entry> made = new ArrayList<>();
    folders.put(location, made);
    return made;
  }

  @Override
  public List<Entry> entries(String folder) {
    return folders.getOrDefault(folder, List.of());
  }

  @Override
  public Optional<Entry> entry(String location) {
    int slash = location.lastIndexOf('/');
    String name = location.substring(slash + 1);
    return entries(slash < 0 ? "" : location.substring(0, slash)).stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst();
  }

  @Override
  public InputStream open(String file) throws IOException {
    return zip.stream(entryName(file));
  }

  /** The whole entry; fails when it is damaged or larger than it says. */
  public byte[] read(String file) throws IOException {
    return zip.read(entryName(file));
  }

  @Override
  public long checksum(String file) {
    return zip.entry(entryName(file)).getCrc();
  }

  private String entryName(String location) {
    return spelled.getOrDefault(location, location);
  }

  @Override
  public String realPath() {
    return "";
  }

  @Override
  public String shown(String location) {
    return location.isEmpty() ? zip.path().toString() : zip.path() + "!" + location;
  }

  /** Whether names had to be read in the old code page 437. */
  public boolean hasLegacyNames() {
    return zip.hasLegacyNames();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
