package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every command that runs a model asks for. */
final class ModelArguments {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Parameters(index = "0", paramLabel = "MODEL.zip", description = "A training or a fast form.")
  private Path model;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images computed at once (default: ${DEFAULT-VALUE}); more needs more memory.")
  private int batch;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "dl4j",
      description =
          "${COMPLETION-CANDIDATES}: Deeplearning4j, or the fast runtime, which takes convolutions,"
              + " sums and concatenations without BatchNorm, as a fast form is (default:"
              + " ${DEFAULT-VALUE}).")
  private EngineName engine;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "Of --engine fast: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  OpenModel open() throws IOException {
    if (engine == EngineName.FAST) {
      return OpenModel.loadFast(model, RuntimeOptions.of(precision));
    }
    if (precision != Precision.FP32) {
      throw new ParameterException(
          command.commandLine(), "--precision " + precision + " needs --engine fast");
    }
    return OpenModel.load(model);
  }

  Path model() {
    return model;
  }

  int batch() {
    if (batch < 1) {
      throw new ParameterException(
          command.commandLine(), "--batch must be at least 1, got " + batch);
    }
    return batch;
  }
}
