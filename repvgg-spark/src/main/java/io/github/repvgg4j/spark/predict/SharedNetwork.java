package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.deploy.predict.Engine;
import io.github.repvgg4j.deploy.predict.EngineName;
import io.github.repvgg4j.deploy.predict.EngineNetwork;
import io.github.repvgg4j.deploy.predict.OpenModel;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The network of one executor, used by its tasks side by side; its weights are in memory once. */
final class SharedNetwork {

  private SharedNetwork() {}

  /**
   * A thread-safe classifier.
   *
   * @param file here
   * @param model what the user asked for
   */
  static ImageClassifier load(Path file, ShippedModel model) {
    try {
      ModelMetadata metadata = ModelZip.readMetadata(file);
      return ImageClassifier.of(new EngineNetwork(engine(file, model)), metadata, file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException(e.getMessage().replace(file.toString(), model.origin()), e));
    }
  }

  private static Engine engine(Path file, ShippedModel model) throws IOException {
    return model.engine().engine() == EngineName.FAST
        ? OpenModel.load(file, model.engine()).engine()
        : new Dl4jShells(ModelZip.load(file).network());
  }
}
