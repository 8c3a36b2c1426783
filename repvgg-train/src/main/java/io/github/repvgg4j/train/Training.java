package io.github.repvgg4j.train;

import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.GeneratedImages;
import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.run.RunLog;
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
   * Checks everything that can be checked before the run's folder is touched, then trains.
   *
   * @throws IOException data, folder or disk: one line for the user
   * @throws io.github.repvgg4j.train.config.ConfigException the configuration and the data do not
   *     fit: one line for the user
   * @throws io.github.repvgg4j.train.loop.DivergedException the loss is no number any more; the
   *     last checkpoint is whole
   */
  public static RunResult run(TrainConfig config, RunOptions options, RunListener listener)
      throws IOException {
    RunFolder folder = RunFolder.check(config.folder(), options.mode());
    config = SourceModel.check(config);
    DataConfig data = config.data();
    if (data.generated() != null) {
      Path images = data.path() == null ? folder.images() : Path.of(data.path());
      folder.open(options.mode());
      GeneratedImages.write(images, data.generated().options());
      config = config.withData(data.withPath(images.toString()));
    }
    try (ImageData images = ImageData.open(Path.of(config.data().path()))) {
      config.model().spec(images.labels().size());
      folder.open(options.mode());
      try (RunLog log = RunLog.open(folder.log())) {
        BadImages badImages = new BadImages(config.data().onBadImage());
        try (TrainingSession session =
            new TrainingSession(config, folder, images, badImages, options, listener)) {
          return session.run();
        }
      }
    }
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
