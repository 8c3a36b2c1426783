package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.machine.ProgramStart;
import io.github.repvgg4j.onednn.Cpu;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ExitCode;

/** Starts the command-line program {@code repvgg-serve}. */
public final class ServeMain {

  /** Set where {@link ServeLog} is the log's configuration, before there is a logger. */
  static final String OWN_LOG = "repvgg.serve.log";

  private static final String LOGBACK = "logback.configurationFile";

  static {
    if (System.getProperty(LOGBACK) == null) {
      System.setProperty(OWN_LOG, "");
    }
  }

  private ServeMain() {}

  /** Serves until the process is told to end. */
  public static void main(String[] args) {
    ProgramStart.prepare();
    Thread natives = new Thread(Cpu::unavailable, "natives"); // beside reading the command line
    natives.setDaemon(true);
    natives.start();
    int exitCode = run(Console.outWriter(), Console.errWriter(), args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /**
   * Runs within this process.
   *
   * @return 0 done, 1 failed, 2 wrong usage; the reason stands on {@code err}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    Optional<String> unreadable = FileNames.explain(List.of(args));
    if (unreadable.isPresent()) {
      err.println("error: " + unreadable.get());
      return ExitCode.SOFTWARE;
    }
    return RepVggServe.commandLine(out, err).execute(args);
  }
}
