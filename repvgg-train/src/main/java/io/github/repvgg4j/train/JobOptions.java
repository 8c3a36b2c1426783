package io.github.repvgg4j.train;

import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.Overrides;
import io.github.repvgg4j.train.config.TrainConfig.OutputConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What a command line says of a job beside its file, on one machine and on a cluster. */
public final class JobOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description = "The run's folder, instead of output.folder.")
  private Path output;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Where the images are, instead of data.path.")
  private String data;

  @Option(names = "--resume", description = "Go on from the newest checkpoint of the run's folder.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Replace an earlier run in the folder.")
  private boolean overwrite;

  /** What to do with an earlier run; wrong usage where two things are asked for. */
  public StartMode mode() {
    if (resume && overwrite) {
      throw new ParameterException(
          command.commandLine(), "--resume and --overwrite exclude each other");
    }
    return resume ? StartMode.RESUME : overwrite ? StartMode.OVERWRITE : StartMode.NEW;
  }

  /**
   * What stands in for keys of the job's file.
   *
   * @throws ConfigException one line that begins with the option
   */
  public Overrides overrides() {
    if (output != null) {
      check("--output", () -> new OutputConfig(output.toString(), false));
    }
    if (data != null) {
      check("--data", () -> DataConfig.of(data));
    }
    return new Overrides(
        Optional.ofNullable(data), Optional.ofNullable(output).map(Path::toString));
  }

  /** A fault of an option's value bears the option's name, not that of the key it stands for. */
  private static void check(String option, Runnable key) {
    try {
      key.run();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(option + e.getMessage().replaceFirst("^\\w+", ""));
    }
  }
}
