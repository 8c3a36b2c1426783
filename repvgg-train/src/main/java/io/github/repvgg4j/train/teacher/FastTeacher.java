package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.spec.InputShape;

/**
 * By the fast runtime.
 *
 * @param network closed with this
 */
record FastTeacher(FastNetwork network) implements Teacher {

  @Override
  public float[] logits(float[] images, int batch, InputShape shape) {
    return network.logits(images, batch, shape);
  }

  @Override
  public String description() {
    return network.description();
  }

  @Override
  public void close() {
    network.close();
  }
}
