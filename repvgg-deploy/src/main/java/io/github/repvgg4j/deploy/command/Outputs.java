package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.convert.OutputPlace;
import java.io.IOException;
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
   * @throws IOException one line: the output is one of them, no regular file, or there already
   */
  void check(Path output, Path... inputs) throws IOException {
    checkInputs(output, inputs);
    checkNew(output, force);
  }

  /**
   * The first half.
   *
   * @throws IOException one line: the output is one of the inputs, or no regular file
   */
  static void checkInputs(Path output, Path... inputs) throws IOException {
    OutputPlace.check(output, inputs);
  }

  /**
   * The second half.
   *
   * @throws IOException one line: the output is there already
   */
  static void checkNew(Path output, boolean force) throws IOException {
    if (!force && OutputPlace.isTaken(output)) {
      throw new IOException(output + ": exists already; --force replaces it");
    }
  }
}
