package io.github.repvgg4j.serve.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/**
 * What tells one content of a file from the next, without reading it.
 *
 * @param key which file it is, where the file system says so: renaming over it changes it
 */
record FileStamp(long bytes, FileTime modified, String key) {

  static FileStamp of(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        attributes.size(),
        attributes.lastModifiedTime(),
        Objects.toString(attributes.fileKey(), ""));
  }
}
