package io.github.repvgg4j.train;

import io.github.repvgg4j.data.DataIdentity;
import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * A job that was found sound: its images are listed and identified, its network is built. No run's
 * folder was touched for it; only generated images are written.
 *
 * @param config with the images' place and the hash of the weights that fine-tuning starts from
 * @param images listed, not read
 * @param identity of the images
 * @param spec the network's structure
 * @param network the network with its first weights
 */
record TrainingJob(
    TrainConfig config,
    ImageData images,
    DataIdentity identity,
    RepVggSpec spec,
    RunNetwork network)
    implements Closeable {

  /**
   * @param listeners of Deeplearning4j, attached to the network
   * @throws IOException the data or the source model can't be read: one line
   * @throws io.github.repvgg4j.train.config.ConfigException the configuration and the data do not
   *     fit: one line
   */
  static TrainingJob check(TrainConfig wanted, Collection<TrainingListener> listeners)
      throws IOException {
    TrainConfig config = Training.withImages(SourceModel.check(wanted));
    ImageData images = ImageData.open(Path.of(config.data().path()), config.data().options());
    try {
      images.requireApart(config.folder());
      RepVggSpec spec = config.model().spec(images.labels().size());
      return new TrainingJob(
          config,
          images,
          DataIdentity.of(images.labels(), images.train(), images.test(), images.finalTest()),
          spec,
          RunNetwork.of(config, spec, images.labels(), listeners));
    } catch (IOException | RuntimeException e) {
      images.close();
      throw e;
    }
  }

  /** What two configurations share that lead to the same weights. */
  String fingerprint() {
    return Training.fingerprint(config);
  }

  @Override
  public void close() throws IOException {
    images.close();
  }
}
