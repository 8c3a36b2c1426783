package io.github.repvgg4j.deploy.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where a file may be written. */
public final class OutputPlace {

  private OutputPlace() {}

  /**
   * Refuses what is no place for a file, or holds one that is read.
   *
   * @param inputs files and folders that are read; null for those that were not given
   * @throws IOException one line: a folder, a pipe or device, or one of the inputs
   */
  public static void check(Path output, Path... inputs) throws IOException {
    if (Files.isDirectory(output)) {
      throw new IOException(output + ": is a folder; name a file");
    }
    if (!Files.exists(output)) {
      return;
    }
    if (!Files.isRegularFile(output)) {
      throw new IOException(output + ": is no regular file; name one");
    }
    for (Path input : inputs) {
      if (input != null && Files.exists(input) && Files.isSameFile(input, output)) {
        throw new IOException(output + ": is the input itself, which is never changed");
      }
    }
  }

  /** Whether something is there, be it a link that leads nowhere. */
  public static boolean isTaken(Path output) {
    return Files.exists(output, LinkOption.NOFOLLOW_LINKS);
  }
}
