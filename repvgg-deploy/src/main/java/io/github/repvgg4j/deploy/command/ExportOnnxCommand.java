package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.onnx.OnnxOptions;
import io.github.repvgg4j.deploy.onnx.OnnxOptions.Batch;
import io.github.repvgg4j.deploy.onnx.OnnxOptions.Images;
import io.github.repvgg4j.deploy.onnx.OnnxOptions.Input;
import io.github.repvgg4j.deploy.onnx.OnnxOptions.Output;
import io.github.repvgg4j.deploy.onnx.QuantizedExport;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export-onnx MODEL.zip -o FILE.onnx}. */
@Command(
    name = "export-onnx",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Write a model as ONNX, for other runtimes.",
    description = {
      "",
      "Either form, and any network whose layers ONNX has. Input 'input', float32 [N, C, H, W].",
      "Output 'logits', of a head before its activation (with --with-activation: after it,",
      "'probabilities'), else 'output'; several outputs have the names of their layers. Labels,",
      "normalisation and provenance stand in the file's metadata.",
      "An INT8 zip is written in QDQ form, which ONNX Runtime and OpenVINO run in integers.",
      ""
    })
final class ExportOnnxCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private AnswerOption answer;
  @Mixin private Outputs outputs;

  @Parameters(paramLabel = "MODEL.zip", description = "A training or a fast form.")
  private Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.onnx",
      description = "Where to write.")
  private Path output;

  @Option(
      names = "--opset",
      paramLabel = "N",
      defaultValue = "17",
      description = "Operator set, 13 to 17 (default: ${DEFAULT-VALUE}).")
  private int opset;

  @Option(names = "--dynamic-batch", description = "Any number of images at once, not one.")
  private boolean dynamicBatch;

  @Option(
      names = "--with-preprocessing",
      description = "The file takes RGB pixels 0..255 and normalises them itself.")
  private boolean withPreprocessing;

  @Option(
      names = {"--with-activation", "--with-softmax"},
      description =
          "The file gives what the head's own activation gives (softmax, or what it has).")
  private boolean withActivation;

  @Option(
      names = "--input",
      paramLabel = "C,H,W",
      converter = ShapeConverter.class,
      description = "Shape of one image, to fix a size that the model leaves open.")
  private InputShape input;

  @Option(
      names = "--precision",
      paramLabel = "fp32|int8",
      description = "What to write of an INT8 zip (default: int8).")
  private Numbers precision;

  /** What of a file is written. */
  private enum Numbers {
    FP32,
    INT8
  }

  @Override
  public Integer call() throws IOException {
    OnnxOptions options = options();
    outputs.check(output, model);
    Numbers numbers = numbers();
    if (numbers == Numbers.INT8) {
      QuantizedExport.write(output, model, options);
    } else {
      ModelZip.LoadedModel loaded = ModelZip.load(model);
      OnnxExport.write(output, loaded.network(), loaded.metadata(), options);
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", model.toString());
    facts.put("file", output.toString());
    facts.put("precision", numbers.name());
    facts.put("opset", opset);
    facts.put("bytes", Files.size(output));
    answer.print(
        facts,
        String.format(
            Locale.ROOT,
            "%s: %s, opset %d, %,d bytes%n",
            output,
            numbers,
            opset,
            Files.size(output)));
    return ExitCode.OK;
  }

  /** What was asked for, else integers where there are some. */
  private Numbers numbers() throws IOException {
    if (precision != null) {
      return precision;
    }
    try (SafeZip zip = ModelArchive.open(model)) {
      return QuantizedEntries.isIn(zip) ? Numbers.INT8 : Numbers.FP32;
    }
  }

  private OnnxOptions options() {
    try {
      return new OnnxOptions(
          opset,
          new Images(
              dynamicBatch ? Batch.DYNAMIC : Batch.ONE,
              withPreprocessing ? Input.PIXELS : Input.NORMALISED,
              Optional.ofNullable(input)),
          withActivation ? Output.PROBABILITIES : Output.LOGITS);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--" + e.getMessage());
    }
  }
}
