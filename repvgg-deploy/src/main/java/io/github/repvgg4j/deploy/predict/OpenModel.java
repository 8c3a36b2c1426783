package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model zip ready to answer.
 *
 * @param file where it came from
 * @param metadata labels, preprocessing, structure
 * @param engine computes the logits; closed with this
 */
public record OpenModel(Path file, ModelMetadata metadata, Engine engine) implements AutoCloseable {

  /** Computed by whom the choice names. */
  public static OpenModel load(Path file, EngineChoice choice) throws IOException {
    return choice.engine() == EngineName.FAST
        ? loadFast(file, choice.runtimeOptions())
        : load(file);
  }

  /** Either form, computed by Deeplearning4j with its fast layer helpers where they are safe. */
  public static OpenModel load(Path file) throws IOException {
    LoadedModel loaded = ModelZip.load(file);
    return new OpenModel(file, loaded.metadata(), new Dl4jNetwork(loaded.network()));
  }

  /**
   * A fast form, or another network that the fast runtime has the layers for.
   *
   * @throws IOException one line, for a file that cannot be read
   */
  public static OpenModel loadFast(Path file, RuntimeOptions options) throws IOException {
    ModelMetadata metadata = ModelZip.readMetadata(file);
    return new OpenModel(file, metadata, FastEngine.load(file, options));
  }

  /** Fails when arrays of this shape cannot be the network's input. */
  public void checkInput(Path source, List<Long> shape) throws ArchiveException {
    Optional<String> misfit = engine.misfit(shape);
    if (misfit.isPresent()) {
      throw new ArchiveException(
          source + ": has shape " + shape + "; " + file.getFileName() + " " + misfit.get());
    }
  }

  /**
   * What classifies images with this model, until it is closed.
   *
   * @throws ArchiveException where it has several outputs, or does not say how images become its
   *     input
   */
  public ImageClassifier classifier() throws ArchiveException {
    List<Head> heads = engine.heads();
    if (heads.size() != 1) {
      throw new ArchiveException(
          file
              + ": has "
              + heads.size()
              + " outputs ("
              + String.join(", ", heads.stream().map(Head::name).toList())
              + "), and images are classed by one; use infer with arrays");
    }
    return ImageClassifier.of(new EngineNetwork(engine), metadata, file);
  }

  @Override
  public void close() {
    engine.close();
  }
}
