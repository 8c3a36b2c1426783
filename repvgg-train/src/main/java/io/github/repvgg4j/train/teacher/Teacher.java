package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.spec.InputShape;

/** A network whose answers another one learns. Not thread-safe. */
public interface Teacher extends AutoCloseable {

  /**
   * Looks at images.
   *
   * @param images {@code [batch, C, H, W]} in C order, normalised; not changed
   * @param shape of one image
   * @return {@code [batch, classes]} in C order, the numbers before the softmax
   */
  float[] logits(float[] images, int batch, InputShape shape);

  /** One line: what computes here. */
  String description();

  @Override
  void close();
}
