package io.github.repvgg4j.spark.predict;

import io.github.repvgg4j.spark.images.ImageRef;
import java.io.Serializable;

/**
 * How images are scored.
 *
 * @param batchSize images that go through the network together
 * @param topK classes in a row
 */
public record Scoring(ShippedModel model, int batchSize, int topK) implements Serializable {

  public Scoring {
    if (batchSize < 1 || topK < 1) {
      throw new IllegalArgumentException(
          "batch size and top k must be at least 1, got " + batchSize + " and " + topK);
    }
  }

  /** What messages call an image. */
  String nameOf(Object image) {
    return image instanceof ImageRef ref ? ref.name() : "image";
  }
}
