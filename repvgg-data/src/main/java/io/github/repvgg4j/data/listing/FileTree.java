package io.github.repvgg4j.data.listing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Folders and files, wherever they lie: on a disk, in a zip, on a cluster. A location is the names
 * from the root on, joined by '/'; the root's is empty. It only lists; what counts as an image is
 * decided in one place, {@link DataSetListing}.
 */
public interface FileTree extends Closeable {

  /** What a name stands for once links are followed. */
  enum Kind {
    FILE,
    FOLDER,
    /** A link to something that is not there. */
    BROKEN_LINK,
    /** A pipe, a socket, a device: never opened. */
    SPECIAL
  }

  /**
   * One name in a folder.
   *
   * @param name as the tree spells it
   * @param length of a file, bytes; -1 unknown
   * @param target of a link to a folder: its real path; null where there is no link
   */
  record Entry(String name, Kind kind, long length, String target) {

    public static Entry file(String name, long length) {
      return new Entry(name, Kind.FILE, length, null);
    }

    public static Entry folder(String name) {
      return new Entry(name, Kind.FOLDER, -1, null);
    }
  }

  /**
   * What lies in a folder, in any order.
   *
   * @throws IOException one line: which folder cannot be read, and why
   */
  List<Entry> entries(String folder) throws IOException;

  /** What lies at a location that was not listed; empty where there is nothing. */
  Optional<Entry> entry(String location) throws IOException;

  InputStream open(String file) throws IOException;

  /** The root with all links resolved, '/' between names; empty where a tree has no links. */
  String realPath() throws IOException;

  /** What messages call a location. */
  String shown(String location);

  /** A cheap number that is equal for files with equal bytes: of what a file begins with. */
  default long checksum(String file) throws IOException {
    CRC32 checksum = new CRC32();
    try (InputStream in = open(file)) {
      checksum.update(in.readNBytes(1 << 13));
    }
    return checksum.getValue();
  }

  @Override
  default void close() throws IOException {}
}
