package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.deploy.predict.EngineChoice;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.WithoutVnni;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How a model is run, on one machine and on a cluster's executors. */
public final class EngineOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

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
      description =
          "Of --engine fast: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); int8 takes a file"
              + " that quantize wrote.")
  private Precision precision;

  @Option(
      names = "--without-vnni",
      paramLabel = "W",
      defaultValue = "refuse",
      description =
          "Of --precision int8, where this CPU would not compute the file exactly:"
              + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private WithoutVnni withoutVnni;

  @Option(
      names = "--convolutions",
      paramLabel = "C",
      defaultValue = "direct",
      description =
          "Of --engine fast: ${COMPLETION-CANDIDATES}. The fastest is measured, and may be another"
              + " in another process, which changes last digits; the others give the same each time"
              + " (default: ${DEFAULT-VALUE}).")
  private Convolutions convolutions;

  /** What was chosen; wrong usage where they don't go together. */
  public EngineChoice engine() {
    try {
      return new EngineChoice(engine, precision, convolutions, withoutVnni);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--" + e.getMessage());
    }
  }

  /** Images computed at once, at least 1. */
  public int batch() {
    if (batch < 1) {
      throw new ParameterException(
          command.commandLine(), "--batch must be at least 1, got " + batch);
    }
    return batch;
  }
}
