package io.github.repvgg4j.train;

import io.github.repvgg4j.accelerate.BackendStartup;
import io.github.repvgg4j.accelerate.BackendUnavailableException;
import io.github.repvgg4j.archive.ProjectVersion;
import io.github.repvgg4j.machine.Console;
import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.machine.ProgramStart;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The training program. Ends with 0 (done), 1 (failed), 2 (wrong usage) or 130 (stopped). */
@Command(
    name = "repvgg-train",
    subcommands = {
      CompareCommand.class,
      ContactSheetCommand.class,
      FindRateCommand.class,
      SchemaCommand.class
    },
    mixinStandardHelpOptions = true,
    header = "Train a RepVGG network as a YAML file says.",
    description = {
      "",
      "Leaves model, metrics, curves and log in the run's folder. docs/training.md explains each key.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Ctrl-C ends the run with a checkpoint; --resume goes on from it.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped."
    })
public final class TrainMain implements Callable<Integer> {

  /** What {@link #run} returns when Ctrl-C or SIGTERM ended the run before its end. */
  public static final int STOPPED = 130;

  private static final int FAILED = 1;
  private static final int HELP_WIDTH = 100;

  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG.yaml",
      description = "The job (default: ${DEFAULT-VALUE}).",
      defaultValue = "configs/quickstart.yaml")
  private Path config;

  @Mixin private JobOptions options;

  @Option(
      names = {"-v", "--verbose"},
      description = "Stack trace of an error; more of the log.")
  private boolean verbose;

  private final PrintStream out;
  private final PrintStream err;

  TrainMain(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Returns normally when the run succeeded, so that Maven can go on. */
  public static void main(String[] arguments) {
    ProgramStart.prepare();
    int code = run(arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  /**
   * Runs one job within this process.
   *
   * @return 0 done, 1 failed, 2 wrong usage, {@link #STOPPED}; the reason stands on standard error
   */
  public static int run(String... arguments) {
    return run(arguments, Console.out(), Console.err());
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    Optional<String> unreadable = FileNames.explain(List.of(arguments));
    if (unreadable.isPresent()) {
      err.println("error: " + unreadable.get());
      return FAILED;
    }
    TrainMain program = new TrainMain(out, err);
    CommandLine line = new CommandLine(program);
    line.getCommandSpec().version(ProjectVersion.program());
    return line.setOut(Console.writer(out))
        .setErr(Console.writer(err))
        .setUsageHelpWidth(HELP_WIDTH)
        .setParameterExceptionHandler((e, all) -> wrongUsage(e))
        .setExecutionExceptionHandler((e, failed, parsed) -> program.unforeseen(e))
        .setExecutionStrategy(
            parsed -> {
              ConsoleLog.install(program.verbose);
              try {
                return new CommandLine.RunLast().execute(parsed);
              } catch (Error e) {
                return program.unforeseen(e);
              }
            })
        .execute(arguments);
  }

  /** One line, as every failure. */
  private static int wrongUsage(CommandLine.ParameterException e) {
    String words =
        FailureWords.of(e)
            .replaceFirst("^Unmatched arguments? at index \\d+: ", "not understood: ");
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      words += "; did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
    }
    CommandLine line = e.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    line.getErr().println("error: " + words + " (see '" + command + " --help')");
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() {
    StartMode mode = options.mode();
    try {
      return train(mode) == RunResult.State.DONE ? CommandLine.ExitCode.OK : STOPPED;
    } catch (ConfigException
        | DivergedException
        | BackendUnavailableException
        | IOException
        | IllegalArgumentException e) {
      return fail(FailureWords.of(e), e);
    } catch (java.io.UncheckedIOException e) {
      return fail(FailureWords.of(e), e);
    }
  }

  private RunResult.State train(StartMode mode) throws IOException {
    TrainConfig job = ConfigFiles.read(JobFile.find(config), options.overrides());
    BackendStartup.prepare();
    try (StopSignal stop = StopSignal.install(out);
        ConsoleProgress console = new ConsoleProgress(out)) {
      RunResult result = Training.run(job, RunOptions.of(mode).withStop(stop::requested), console);
      console.summary(result);
      return result.state();
    }
  }

  /** Of the run, and of every other command. */
  private int unforeseen(Throwable failure) {
    return failure instanceof OutOfMemoryError
        ? fail(
            "out of memory ("
                + firstLine(failure)
                + "); raise -Xmx and -Dorg.bytedeco.javacpp.maxphysicalbytes, or lower data.cacheMiB,"
                + " and --resume goes on; a lower training.batchSize is another run",
            failure)
        : fail(
            BackendStartup.explain(failure)
                .orElseGet(() -> firstLine(failure) + " (--verbose shows where)"),
            failure);
  }

  private int fail(String message, Throwable cause) {
    err.println("error: " + FileNames.explain(cause).orElse(message));
    if (verbose) {
      cause.printStackTrace(err);
    }
    return FAILED;
  }

  private static String firstLine(Throwable e) {
    Throwable cause =
        e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
    String message = cause.getMessage() == null ? "" : ": " + cause.getMessage();
    return (cause.getClass().getSimpleName() + message).lines().findFirst().orElse("");
  }

  /** Ctrl-C or SIGTERM: the run gets time to write its checkpoint. */
  private static final class StopSignal implements AutoCloseable {

    private static final long GRACE_SECONDS = 60;
    private final PrintStream out;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "stop-signal");
    private volatile boolean requested;
    private volatile boolean asked;

    private StopSignal(PrintStream out) {
      this.out = out;
    }

    static StopSignal install(PrintStream out) {
      StopSignal signal = new StopSignal(out);
      Runtime.getRuntime().addShutdownHook(signal.hook);
      return signal;
    }

    /** Asked after each batch; before the first there is nothing to keep, hence to wait for. */
    boolean requested() {
      asked = true;
      return requested;
    }

    private void await() {
      requested = true;
      if (!asked && finished.getCount() > 0) {
        out.println("stopped before the first batch; nothing is lost");
        return;
      }
      try {
        finished.await(GRACE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      finished.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) { // already on the way out
        requested = true;
      }
    }
  }
}
