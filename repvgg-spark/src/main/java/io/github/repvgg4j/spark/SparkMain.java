package io.github.repvgg4j.spark;

import io.github.repvgg4j.spark.command.RepVggSpark;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The class that {@code spark-submit --class} starts. */
public final class SparkMain {

  private SparkMain() {}

  /** Returns normally on success; exits with 1 (failed) or 2 (wrong usage) otherwise. */
  public static void main(String[] args) {
    int exitCode =
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs one command within this process.
   *
   * @return 0 done, 1 failed, 2 wrong usage; the reason stands on {@code err}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return RepVggSpark.commandLine(out, err).execute(args);
  }
}
