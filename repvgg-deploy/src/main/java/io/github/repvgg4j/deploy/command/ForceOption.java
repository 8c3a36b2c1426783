package io.github.repvgg4j.deploy.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What an output may replace: nothing unless told to, and never what is read. */
final class ForceOption {

  @Option(names = "--force", description = "Replace the output if it exists.")
  private boolean force;

  /**
   * Call before anything is computed.
   *
   * @param inputs files that the command reads
   * @throws IOException one line: the output is one of them, a folder, or exists and is to be kept
   */
  void check(Path output, Path... inputs) throws IOException {
    if (Files.isDirectory(output)) {
      throw new IOException(output + ": is a folder; name a file");
    }
    if (!Files.exists(output)) {
      return;
    }
    for (Path input : inputs) {
      if (Files.exists(input) && Files.isSameFile(input, output)) {
        throw new IOException(output + ": is the input itself, which is never changed");
      }
    }
    if (!force) {
      throw new IOException(output + ": exists already; --force replaces it");
    }
  }
}
