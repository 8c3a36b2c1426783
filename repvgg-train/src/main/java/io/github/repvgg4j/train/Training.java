package io.github.repvgg4j.train;

import io.github.repvgg4j.data.GeneratedImages;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
      return RunLoop.run(steps, options, listener);
    }
  }

  /**
   * Whether a run of this configuration was stopped or died in its folder, so that {@link
   * StartMode#RESUME} goes on with it.
   *
   * @throws IOException the folder or the source model can't be read
   */
  public static boolean isUnfinished(TrainConfig config) throws IOException {
    return RunFolder.isUnfinished(config.folder(), fingerprint(SourceModel.check(config)));
  }

  /**
   * Makes generated images where they are missing.
   *
   * @return the configuration with their place
   */
  public static TrainConfig withImages(TrainConfig config) throws IOException {
    DataConfig data = config.data();
    if (data.generated() == null) {
      return config;
    }
    GeneratedImages.Options generated = data.generated().options();
    Path images =
        data.path() == null
            ? GeneratedImages.placeIn(config.folder(), generated)
            : Path.of(data.path());
    GeneratedImages.write(images, generated);
    return config.withData(data.withPath(images.toString()));
  }

  /** What two configurations share that lead to the same weights. */
  public static String fingerprint(TrainConfig config) {
    TrainConfig essence =
        config.withFolder(Path.of("-")).withData(config.data().withPath("-").withThreads(1));
    FineTuneConfig fineTune = config.training().fineTune();
    if (fineTune != null) {
      essence = essence.withTraining(config.training().withFineTune(fineTune.withFrom("-")));
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(ConfigFiles.write(essence).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
