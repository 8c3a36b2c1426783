package io.github.repvgg4j.spark.command;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The root command. */
@Command(
    name = "repvgg-spark",
    description = "RepVGG on an Apache Spark cluster.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PredictCommand.class,
      EvaluateCommand.class,
      PackCommand.class,
      TrainCommand.class
    })
public final class RepVggSpark implements Runnable {

  @Option(
      names = "--verbose",
      description = "Print the stack trace of a failure.",
      scope = ScopeType.INHERIT)
  private boolean verbose;

  @picocli.CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** A command line that turns every failure into one line on {@code err}. */
  public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    RepVggSpark root = new RepVggSpark();
    CommandLine commandLine = new CommandLine(root);
    commandLine.setOut(out).setErr(err);
    commandLine.setUsageHelpWidth(100);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler((e, args) -> wrongUsage(e));
    commandLine.setExecutionExceptionHandler((e, failed, parsed) -> root.failed(e, err));
    commandLine.setExecutionStrategy(
        parsed -> {
          try {
            return new CommandLine.RunLast().execute(parsed);
          } catch (Error e) {
            return root.failed(e, err);
          }
        });
    return commandLine;
  }

  private int failed(Throwable failure, PrintWriter err) {
    err.println("error: " + ErrorLine.of(failure));
    if (verbose) {
      failure.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; there are predict, evaluate, pack and train");
  }

  private static int wrongUsage(ParameterException e) {
    CommandLine commandLine = e.getCommandLine();
    String command = commandLine.getCommandSpec().qualifiedName();
    commandLine
        .getErr()
        .println(
            "error: " + ErrorLine.firstLine(e.getMessage()) + " (see '" + command + " --help')");
    commandLine.getErr().flush();
    return ExitCode.USAGE;
  }
}
