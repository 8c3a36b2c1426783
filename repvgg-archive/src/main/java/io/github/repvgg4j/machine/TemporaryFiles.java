package io.github.repvgg4j.machine;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files for a moment, and true words where there is no folder for them. */
public final class TemporaryFiles {

  private TemporaryFiles() {}

  /**
   * A new empty file that its caller deletes.
   *
   * @throws IOException one line that names the folder and its property
   */
  public static Path file(String prefix, String suffix) throws IOException {
    try {
      return Files.createTempFile(prefix, suffix);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * A new empty folder that its caller deletes.
   *
   * @throws IOException one line that names the folder and its property
   */
  public static Path folder(String prefix) throws IOException {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static IOException unusable(IOException e) {
    return new IOException(
        System.getProperty("java.io.tmpdir")
            + ": no temporary file can be written ("
            + reason(e)
            + "); name another folder by -Djava.io.tmpdir=FOLDER",
        e);
  }

  static String reason(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "no such folder";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return e instanceof FileSystemException ? "cannot be created" : e.getMessage();
  }

  static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) { // an empty file stays
        file.toFile().deleteOnExit();
      }
    }
  }
}
