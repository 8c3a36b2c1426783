package io.github.repvgg4j.deploy.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a command writes never takes the place of what it reads. */
final class Outputs {

  private Outputs() {}

  /**
   * Call before anything is computed.
   *
   * @param inputs files that the command reads
   * @throws IOException one line: the output is one of them, or a folder
   */
  static void check(Path output, Path... inputs) throws IOException {
    if (Files.isDirectory(output)) {
      throw new IOException(output + ": is a folder; name a file");
    }
    for (Path input : inputs) {
      if (Files.exists(output) && Files.exists(input) && Files.isSameFile(input, output)) {
        throw new IOException(output + ": is the input itself, which is never changed");
      }
    }
  }
}
