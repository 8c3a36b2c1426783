package io.github.repvgg4j.train;

import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;

/** The images of a job that has them generated. */
public final class GeneratedData {

  private GeneratedData() {}

  /**
   * Makes them where they are missing.
   *
   * @return the configuration with their place; as it was where nothing is to be generated
   */
  public static TrainConfig in(TrainConfig config) throws IOException {
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
}
