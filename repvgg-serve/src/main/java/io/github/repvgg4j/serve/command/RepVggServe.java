package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.serve.ServeOptions;
import io.github.repvgg4j.serve.Server;
import io.github.repvgg4j.serve.model.ModelOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code repvgg-serve MODEL.zip|FOLDER}: model zips behind HTTP until the process is ended. */
@Command(
    name = "repvgg-serve",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    header = "Serves fast zips over HTTP.",
    description = {
      "",
      "A file NAME.zip is version 1 of the model NAME, NAME@2.zip its version 2. Files that are",
      "replaced are loaded, checked and swapped while the server answers.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended as it was told to",
      "1:failed; one line on standard error says why",
      "2:wrong usage"
    },
    footer = {
      "",
      "Examples:",
      "  repvgg-serve runs/quickstart/fast.zip",
      "  curl -T photo.jpg http://127.0.0.1:8080/predictions/fast"
    })
public final class RepVggServe implements Callable<Integer> {

  private static final int HELP_WIDTH = 100;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL.zip|FOLDER",
      description = "A fast zip, or a folder of them.")
  private Path files;

  @Mixin private ListenOptions listen;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      converter = PrecisionConverter.class,
      description = "fp32, bf16, or int8 of quantised zips (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--convolutions",
      paramLabel = "C",
      defaultValue = "fastest",
      converter = ConvolutionsConverter.class,
      description =
          "Kernels of 3x3 convolutions in FP32 (default: ${DEFAULT-VALUE}): direct and winograd give"
              + " the same last digits each time; the fastest is measured while direct ones answer,"
              + " and an answer's last digits then depend on what is computed beside it.")
  private Convolutions convolutions;

  @Mixin private WorkOptions work;

  @Option(
      names = "--poll",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = Amounts.DurationConverter.class,
      description =
          "How often files are looked at for changes (default: ${DEFAULT-VALUE}); 0s for never.")
  private Duration poll;

  @Option(
      names = "--drain-delay",
      paramLabel = "TIME",
      defaultValue = "3s",
      converter = Amounts.DurationConverter.class,
      description =
          "Told to end, say 'not ready' but answer for so long, since load balancers go on sending"
              + " (default: ${DEFAULT-VALUE}).")
  private Duration drain;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "20s",
      converter = Amounts.DurationConverter.class,
      description = "Then give due answers for so long at most (default: ${DEFAULT-VALUE}).")
  private Duration grace;

  @Option(names = "--verbose", description = "With an error, print its stack trace too.")
  private boolean verbose;

  /** What one of these precisions is called. */
  static final class PrecisionConverter implements CommandLine.ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      try {
        return Precision.of(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }

  /** What one of these ways is called. */
  static final class ConvolutionsConverter implements CommandLine.ITypeConverter<Convolutions> {
    @Override
    public Convolutions convert(String text) {
      try {
        return Convolutions.of(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }

  /** A command line that prints to the given streams and turns every failure into one line. */
  public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    RepVggServe command = new RepVggServe();
    CommandLine commandLine = new CommandLine(command);
    commandLine.setOut(out).setErr(err);
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    commandLine.setParameterExceptionHandler((e, args) -> wrongUsage(e));
    commandLine.setExecutionExceptionHandler((e, failed, parsed) -> command.failed(e));
    return commandLine;
  }

  private int failed(Throwable failure) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("error: " + ErrorLine.of(failure));
    if (verbose) {
      failure.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static int wrongUsage(ParameterException e) {
    StringBuilder line = new StringBuilder("error: ").append(e.getMessage());
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      line.append("; did you mean ")
          .append(String.join(" or ", unmatched.getSuggestions()))
          .append('?');
    }
    PrintWriter err = e.getCommandLine().getErr();
    err.println(line.append(" (see 'repvgg-serve --help')"));
    err.flush();
    return ExitCode.USAGE;
  }

  @Override
  public Integer call() throws IOException {
    ServeOptions options = options();
    try (Server server = Server.of(options)) {
      Shutdown shutdown = Shutdown.of(server);
      try {
        server.start().join();
      } catch (IOException | RuntimeException | Error e) {
        if (!shutdown.told()) {
          shutdown.disarm();
          return failed(e);
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("http://" + address(options.http().host()) + ":" + server.port() + "/");
      out.flush();
      shutdown.await();
      return ExitCode.OK;
    }
  }

  private static String address(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  private ServeOptions options() throws IOException {
    try {
      return new ServeOptions(
          new ModelOptions(files, precision, convolutions, poll),
          work.batching(),
          work.inference(),
          listen.options(),
          drain,
          grace);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }
}
