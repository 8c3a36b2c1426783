package io.github.repvgg4j.deploy;

import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.deploy.command.CommandLines;
import io.github.repvgg4j.deploy.command.RepVggDeploy;
import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.machine.ProgramStart;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ExitCode;

/** Starts the command-line program {@code repvgg-deploy}. */
public final class DeployMain {

  private static final String LOGBACK = "logback.configurationFile";

  static {
    if (System.getProperty(LOGBACK) == null) {
      System.setProperty(LOGBACK, "repvgg-deploy-logback.xml");
    }
  }

  private DeployMain() {}

  /** Returns normally on success, so that {@code mvn exec:java} goes on; exits otherwise. */
  public static void main(String[] args) {
    ProgramStart.prepare();
    AtomicFile.leaveNothingAtExit();
    int exitCode = run(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs one command within this process.
   *
   * @return 0 done, 1 failed, 2 wrong usage; the reason stands on standard error
   */
  public static int run(String... args) {
    return run(Console.outWriter(), Console.errWriter(), args);
  }

  /** The same with the two streams of one's own. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    Optional<String> unreadable = FileNames.explain(List.of(args));
    if (unreadable.isPresent()) {
      err.println("error: " + unreadable.get());
      return ExitCode.SOFTWARE;
    }
    return CommandLines.of(new RepVggDeploy(), out, err).execute(args);
  }
}
