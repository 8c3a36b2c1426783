package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.accelerate.BackendStartup;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.PicocliException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Picocli with this program's one way of failing. */
public final class CommandLines {

  private static final int HELP_WIDTH = 100;

  private CommandLines() {}

  /** A command line that prints to the given streams and turns every failure into one line. */
  public static CommandLine of(RepVggDeploy root, PrintWriter out, PrintWriter err) {
    CommandLine commandLine = new CommandLine(root);
    commandLine.setOut(out).setErr(err);
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler((e, args) -> wrongUsage(e));
    commandLine.setExecutionExceptionHandler(
        (e, failed, parsed) -> failed(root, failed, e, arguments(parsed)));
    commandLine.setExecutionStrategy(
        parsed -> {
          try {
            startBackend(parsed);
            return new CommandLine.RunLast().execute(parsed);
          } catch (PicocliException e) {
            throw e; // its handlers are the two above
          } catch (Error | RuntimeException e) {
            return failed(root, commandLine, e, arguments(parsed));
          }
        });
    return commandLine;
  }

  /** What only reads a network's structure needs no card in a build for CUDA. */
  private static void startBackend(ParseResult parsed) {
    List<CommandLine> lines = parsed.asCommandLineList();
    CommandLine last = lines.get(lines.size() - 1);
    Object command = last.getCommand();
    if (command instanceof RepVggDeploy
        || command instanceof DoctorCommand
        || last.isUsageHelpRequested()
        || last.isVersionHelpRequested()) {
      return;
    }
    if (command instanceof InspectCommand || command instanceof VariantsCommand) {
      BackendStartup.require();
    } else {
      BackendStartup.prepare();
    }
  }

  /** Picocli's words, without what only programmers need. */
  private static String words(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && e.getCommandLine().getCommand() instanceof RepVggDeploy
        && !unmatched.getUnmatched().isEmpty()) {
      return unmatched.getUnmatched().get(0) + ": no such command or option";
    }
    return ErrorLine.firstLine(e.getMessage())
        .replaceFirst("^Error: ", "")
        .replaceFirst("^Unmatched arguments? from index \\d+: ", "not understood: ")
        .replaceFirst(" \\(case-insensitive\\) but was ", ", got ");
  }

  private static List<String> arguments(ParseResult parsed) {
    return parsed == null ? List.of() : parsed.originalArgs();
  }

  private static int failed(
      RepVggDeploy root, CommandLine commandLine, Throwable failure, List<String> arguments) {
    PrintWriter err = commandLine.getErr();
    err.println("error: " + ErrorLine.of(failure, arguments));
    if (root.verbose()) {
      failure.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static int wrongUsage(ParameterException e) {
    CommandLine commandLine = e.getCommandLine();
    StringBuilder line = new StringBuilder("error: ").append(words(e));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        line.append("; did you mean ").append(String.join(" or ", suggestions)).append('?');
      }
    }
    line.append(" (see '").append(commandLine.getCommandSpec().qualifiedName()).append(" --help')");
    commandLine.getErr().println(line);
    commandLine.getErr().flush();
    return ExitCode.USAGE;
  }
}
