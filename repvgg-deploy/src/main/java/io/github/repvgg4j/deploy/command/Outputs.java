package io.github.repvgg4j.deploy.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a command writes takes the place of another file only on request, and never of an input. */
final class Outputs {

  @Option(names = "--force", description = "Replace what is to be written if it exists.")
  private boolean force;

  /**
   * Call before anything is computed.
   *
   * @param inputs files that the command reads; null for those that were not given
   * @throws IOException one line: the output is one of them, a folder, or there already
   */
  void check(Path output, Path... inputs) throws IOException {
    checkInputs(output, inputs);
    checkNew(output, force);
  }

  /**
   * The first half.
   *
   * @throws IOException one line: the output is one of the inputs, or a folder
   */
  static void checkInputs(Path output, Path... inputs) throws IOException {
    if (Files.isDirectory(output)) {
      throw new IOException(output + ": is a folder; name a file");
    }
    for (Path input : inputs) {
      if (input != null
          && Files.exists(output)
          && Files.exists(input)
          && Files.isSameFile(input, output)) {
        throw new IOException(output + ": is the input itself, which is never changed");
      }
    }
  }

  /**
   * The second half.
   *
   * @throws IOException one line: the output is there already
   */
  static void checkNew(Path output, boolean force) throws IOException {
    if (!force && Files.exists(output)) {
      throw new IOException(output + ": exists already; --force replaces it");
    }
  }
}
