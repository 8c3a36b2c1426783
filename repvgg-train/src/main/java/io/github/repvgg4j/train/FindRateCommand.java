package io.github.repvgg4j.train;

import io.github.repvgg4j.accelerate.BackendStartup;
import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.train.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code find-rate CONFIG.yaml -o find-rate.png}: which learning rate a job can bear. */
@Command(
    name = "find-rate",
    mixinStandardHelpOptions = true,
    header = "Find which learning rate a job can bear, and draw its losses.",
    description = {
      "",
      "Trains a job's network for some steps at a learning rate that rises from step to step, draws",
      "the losses and names two rates. Writes the picture and nothing else.",
      ""
    })
final class FindRateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CONFIG.yaml", description = "The job.")
  private Path config;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.png",
      defaultValue = "find-rate.png",
      description = "The picture (default: ${DEFAULT-VALUE}).")
  private Path output;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Folder or zip of the images, instead of data.path.")
  private Path data;

  @Option(
      names = "--from",
      paramLabel = "RATE",
      defaultValue = "1e-4",
      description = "First learning rate (default: ${DEFAULT-VALUE}).")
  private double from;

  @Option(
      names = "--to",
      paramLabel = "RATE",
      defaultValue = "10",
      description = "Last learning rate (default: ${DEFAULT-VALUE}).")
  private double to;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "100",
      description = "Steps from the first to the last (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Override
  public Integer call() {
    if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      spec.commandLine()
          .getErr()
          .println("error: " + output + ": the picture's name must end in .png");
      return ExitCode.USAGE;
    }
    try {
      RateFinder.Range range = new RateFinder.Range(from, to, steps);
      try (RunlessJob job = RunlessJob.read(config, data)) {
        BackendStartup.prepare();
        write(RateFinder.run(job.config(), range, output));
      }
      return ExitCode.OK;
    } catch (ConfigException | IOException | IllegalArgumentException e) {
      spec.commandLine().getErr().println("error: " + FailureWords.of(e));
      return ExitCode.SOFTWARE;
    }
  }

  private void write(RateCurve curve) throws IOException {
    RateCurve.Point steepest = curve.steepest();
    RateCurve.Point lowest = curve.lowest();
    AtomicFile.write(output, RateChart.png(curve));
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%d steps%s%n"
                + "the loss falls fastest at %.2g: a learningRate to begin with%n"
                + "it is lowest at %.2g: more than a tenth of that, %.2g, is daring%n"
                + "%s%n",
            curve.points().size(),
            curve.hasDiverged() ? ", then it diverged" : "",
            steepest.rate(),
            lowest.rate(),
            lowest.rate() / 10,
            output);
    spec.commandLine().getOut().flush();
  }
}
