package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.quantize.FastZipQuantizer;
import io.github.repvgg4j.deploy.quantize.QuantizationReport;
import io.github.repvgg4j.deploy.quantize.QuantizeOptions;
import io.github.repvgg4j.deploy.quantize.scale.ActivationRule;
import io.github.repvgg4j.deploy.quantize.scheme.Scheme;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quantize FAST.zip}: the INT8 form and its proof. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Give a fast form 8-bit integers, and prove that it answers as well.",
    description = {
      "",
      "Chooses scales on training images, measures both forms on all test images, and writes",
      "INT8.zip and INT8.report.json only when the accuracy lost is surely small: the upper end",
      "of its 95 %% interval decides. INT8.zip is still a fast form that Deeplearning4j loads.",
      ""
    })
final class QuantizeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FAST.zip", description = "A fast form.")
  private Path fast;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "A folder or zip with train/CLASS/IMAGE and test/CLASS/IMAGE, or a manifest.")
  private Path data;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "INT8.zip",
      description = "Default: X.int8.zip beside X.zip.")
  private Path output;

  @Option(names = "--force", description = "Replace INT8.zip and its report if they exist.")
  private boolean force;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "512",
      description = "Training images to calibrate on, at most (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(
      names = "--activations",
      paramLabel = "RULE",
      defaultValue = "mse",
      description =
          "Where tensors are clipped: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ActivationRule activations;

  @Option(
      names = "--portable",
      description = "Weights within ±63: exact on CPUs without VNNI too, with a bit less of them.")
  private boolean portable;

  @Option(
      names = "--keep-float",
      paramLabel = "LAYER",
      split = ",",
      description = "Layers that stay float32, by name.")
  private List<String> keepFloat = List.of();

  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      defaultValue = "1.0",
      description =
          "Largest upper end of the accuracy drop's 95 %% interval, in points (default:"
              + " ${DEFAULT-VALUE}).")
  private double maxDrop;

  @Option(
      names = "--lean",
      description = "Leave the float32 weights out: a quarter of the size, INT8 only.")
  private boolean lean;

  @Option(names = "--json", description = "Print the report instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    QuantizationReport report = FastZipQuantizer.quantize(fast, options());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(report.toJson());
    } else {
      QuantizationView.print(report, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private QuantizeOptions options() {
    int limit = portable ? QuantizedNetwork.PORTABLE : QuantizedNetwork.FULL_RANGE;
    try {
      return new QuantizeOptions(
          data,
          images,
          Scheme.STANDARD.withActivations(activations).withLimit(limit),
          keepFloat,
          maxDrop,
          new QuantizeOptions.Output(
              Optional.ofNullable(output),
              force ? Existing.REPLACE : Existing.REFUSE,
              lean ? FloatWeights.LEFT_OUT : FloatWeights.KEPT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }
}
