package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.convert.ConversionReport;
import io.github.repvgg4j.deploy.convert.ConvertOptions;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Output;
import io.github.repvgg4j.deploy.convert.ConvertOptions.TrainingForm;
import io.github.repvgg4j.deploy.convert.Converter;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert MODEL.zip}: the fast form and its proof. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Fuse a training form into its fast form, and prove that both answer alike.",
    description = {
      "",
      "Writes FAST.zip, which any Deeplearning4j program loads, and FAST.report.json beside it.",
      "The file as written is read back and compared with the input on test images of the run",
      "(its config.yaml beside MODEL.zip names them), or on random numbers. Nothing is written",
      "when they differ by more than the limit. The input is never changed.",
      ""
    })
final class ConvertCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.zip", description = "A training form.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FAST.zip",
      description = "Default: fast.zip beside model.zip, X.fast.zip beside any other X.zip.")
  private Path output;

  @Option(names = "--force", description = "Replace FAST.zip and its report if they exist.")
  private boolean force;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Compare on these images: CLASS/IMAGE, or test/CLASS/IMAGE.")
  private Path data;

  @Option(
      names = "--input",
      paramLabel = "C,H,W",
      converter = ShapeConverter.class,
      description = "Shape of one image, where the file does not say it.")
  private InputShape input;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images to compare on, at most (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--max-difference",
      paramLabel = "X",
      defaultValue = "1e-4",
      description = "Largest max|a-b| / max|a| of the logits allowed (default: ${DEFAULT-VALUE}).")
  private double limit;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "30",
      description = "Timings of each form, at most; 0 for none (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--portable",
      description = "Stock Deeplearning4j layers only: grouped kernels become dense ones.")
  private boolean portable;

  @Option(
      names = "--strict",
      description = "Fail if anything linear has to stay unfused (the report says why).")
  private boolean strict;

  @Option(
      names = "--keep-training-form",
      description = "Put MODEL.zip into FAST.zip too, so that 'restore' gives it back.")
  private boolean keepTrainingForm;

  @Option(names = "--json", description = "Print the report instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    ConversionReport report = Converter.convert(model, options());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(report.toJson());
    } else {
      ReportView.print(report, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private ConvertOptions options() {
    FuseOptions fusing = portable ? FuseOptions.DEFAULT.portable() : FuseOptions.DEFAULT;
    try {
      return new ConvertOptions(
          new Output(
              Optional.ofNullable(output),
              force ? Existing.REPLACE : Existing.REFUSE,
              keepTrainingForm ? TrainingForm.KEPT : TrainingForm.LEFT_OUT),
          new Comparison(
              Optional.ofNullable(data), Optional.ofNullable(input), images, limit, rounds),
          strict ? fusing.strict() : fusing);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }
}
