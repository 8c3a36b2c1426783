package io.github.repvgg4j.train;

import io.github.repvgg4j.train.config.Fingerprint;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;

/** Runs a training job from beginning to end: from a configuration to a run folder. */
public final class Training {

  private Training() {}

  /** A new run. */
  public static RunResult run(TrainConfig config, RunListener listener) throws IOException {
    return run(config, RunOptions.NEW, listener);
  }

  /**
   * Checks everything that can be checked before the run's folder is touched, then trains. An
   * earlier run stays whole until the new one has a model to put in its place.
   *
   * @throws IOException data, folder or disk: one line for the user
   * @throws io.github.repvgg4j.train.config.ConfigException the configuration and the data do not
   *     fit: one line for the user
   * @throws io.github.repvgg4j.train.loop.DivergedException the loss is no number any more; the
   *     last checkpoint is whole
   */
  public static RunResult run(TrainConfig config, RunOptions options, RunListener listener)
      throws IOException {
    RunFolder.check(config.folder(), options.mode());
    try (StepSource steps = LocalSteps.check(config, options.listeners())) {
      if (options.mode() == StartMode.OVERWRITE) {
        OtherModels.requireKept(config);
      }
      return RunLoop.run(steps, options, listener);
    }
  }

  /**
   * Whether a run of this configuration was stopped or died in its folder, so that {@link
   * StartMode#RESUME} goes on with it.
   *
   * @throws IOException the folder or a model that the job names can't be read
   */
  public static boolean isUnfinished(TrainConfig config) throws IOException {
    return RunFolder.isUnfinished(config.folder(), Fingerprint.of(OtherModels.check(config)));
  }
}
