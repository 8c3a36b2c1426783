package io.github.repvgg4j.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip that appears under its name only when it is whole. No entry has a time: the same entries
 * give the same bytes.
 */
public final class AtomicZip {

  /** 1980-01-01, the zip format's first day. */
  private static final long NO_TIME = 315_532_800_000L;

  private final ZipOutputStream zip;

  private AtomicZip(ZipOutputStream zip) {
    this.zip = zip;
  }

  /** Adds the entries, one after the other. */
  @FunctionalInterface
  public interface Content {
    void writeTo(AtomicZip zip) throws IOException;
  }

  /** Writes what an entry holds; leaves the stream open. */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a zip; an earlier file of that name is replaced only by a whole new one.
   *
   * @throws IOException one line that names the target
   */
  public static void write(Path target, Content content) throws IOException {
    AtomicFile.stream(
        target,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            content.writeTo(new AtomicZip(zip));
          }
        });
  }

  /** Adds an entry, compressed. */
  public void add(String name, byte[] content) throws IOException {
    add(name, out -> out.write(content));
  }

  /** The same for what is not at hand as a whole. */
  public void add(String name, Body body) throws IOException {
    add(new ZipEntry(name), body);
  }

  /**
   * Adds an entry that is not compressed.
   *
   * @param body asked twice, since size and checksum stand first
   */
  public void addStored(String name, Body body) throws IOException {
    Crc32Counter counter = new Crc32Counter();
    body.writeTo(counter);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(counter.bytes());
    entry.setCrc(counter.crc());
    add(entry, body);
  }

  private void add(ZipEntry entry, Body body) throws IOException {
    entry.setTime(NO_TIME);
    zip.putNextEntry(entry);
    body.writeTo(zip);
    zip.closeEntry();
  }
}
