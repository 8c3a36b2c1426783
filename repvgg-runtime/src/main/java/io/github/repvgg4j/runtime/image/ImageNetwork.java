package io.github.repvgg4j.runtime.image;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.spec.InputShape;

/** A network of one output {@code [N, classes]}; which library computes it is its own business. */
public interface ImageNetwork extends AutoCloseable {

  /**
   * Runs it.
   *
   * @param images {@code [count, C, H, W]} in C order, prepared; not changed
   * @param shape of one
   * @return {@code [count, classes]} in C order, the numbers before the last activation
   */
  float[] logits(float[] images, int count, InputShape shape);

  /** What makes answers of one image's logits. */
  AnswerFunction head();

  /** Frees what it holds outside the heap; nothing by default. */
  @Override
  default void close() {}
}
