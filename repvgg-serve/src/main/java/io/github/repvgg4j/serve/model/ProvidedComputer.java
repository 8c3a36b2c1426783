package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.runtime.image.ImageNetwork;
import io.github.repvgg4j.serve.batch.Computer;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;

/**
 * Another library, which takes one call at a time and as many cores as it likes.
 *
 * @param network closed with this
 */
record ProvidedComputer(ImageNetwork network, int classes) implements Computer {

  @Override
  public void logits(
      FloatBuffer images, int count, InputShape shape, FloatBuffer logits, int threads) {
    float[] values = new float[images.remaining()];
    images.duplicate().get(values);
    logits.duplicate().put(network.logits(values, count, shape));
  }

  @Override
  public int callers(int cores) {
    return 1;
  }

  @Override
  public void close() {
    network.close();
  }
}
