package io.github.repvgg4j.spark;

import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.machine.ProgramStart;
import io.github.repvgg4j.spark.command.RepVggSpark;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ExitCode;

/** The class that {@code spark-submit --class} starts. */
public final class SparkMain {

  private SparkMain() {}

  /** Returns normally on success; exits with 1 (failed) or 2 (wrong usage) otherwise. */
  public static void main(String[] args) {
    ProgramStart.prepare();
    int exitCode = run(Console.outWriter(), Console.errWriter(), args);
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
    Optional<String> unreadable = FileNames.explain(List.of(args));
    if (unreadable.isPresent()) {
      err.println("error: " + unreadable.get());
      return ExitCode.SOFTWARE;
    }
    return RepVggSpark.commandLine(out, err).execute(args);
  }
}
