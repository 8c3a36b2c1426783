package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelZip;
import io.github.repvgg4j.archive.ModelZip.LoadedModel;
import io.github.repvgg4j.backend.Accelerator;
import io.github.repvgg4j.deploy.runtime.FastNetwork;
import io.github.repvgg4j.deploy.runtime.RuntimeOptions;
import io.github.repvgg4j.model.Logits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model zip ready to answer.
 *
 * @param file where it came from
 * @param metadata labels, preprocessing, structure
 * @param engine computes the logits; closed with this
 */
public record OpenModel(Path file, ModelMetadata metadata, Engine engine) implements AutoCloseable {

  /** Either form, computed by Deeplearning4j with its fast layer helpers where they are safe. */
  public static OpenModel load(Path file) throws IOException {
    LoadedModel loaded = ModelZip.load(file);
    Model network = loaded.network();
    Accelerator.enable(network);
    return new OpenModel(file, loaded.metadata(), input -> Logits.of(network, input));
  }

  /**
   * A fast form, computed by the fast runtime.
   *
   * @throws IOException one line, for a file that is no fast form
   */
  public static OpenModel loadFast(Path file, RuntimeOptions options) throws IOException {
    ModelMetadata metadata = ModelZip.readMetadata(file);
    FastNetwork network = FastNetwork.load(file, options);
    return new OpenModel(
        file,
        metadata,
        new Engine() {
          @Override
          public INDArray logits(INDArray input) {
            return network.logits(input);
          }

          @Override
          public void close() {
            network.close();
          }
        });
  }

  /** Fails when arrays {@code [N, C, H, W]} of the source cannot be this model's input. */
  public void checkInput(Path source, List<Long> shape) throws ArchiveException {
    if (metadata.spec().isPresent()) {
      int channels = metadata.spec().get().input().channels();
      if (shape.get(1) != channels) {
        throw new ArchiveException(
            source
                + ": has shape "
                + shape
                + "; "
                + file.getFileName()
                + " needs [N, "
                + channels
                + ", H, W]");
      }
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
