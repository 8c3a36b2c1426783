package io.github.repvgg4j.serve.batch;

import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;

/** What computes a network's logits; which library does it is its own business. */
public interface Computer extends AutoCloseable {

  /** Length of one row of logits. */
  int classes();

  /**
   * Runs it, on the calling thread and the helpers that it has.
   *
   * @param images direct, native order, float32 {@code [count, C, H, W]} from its position on
   * @param shape of one
   * @param logits direct, native order, float32 {@code [count, classes]} from its position on,
   *     written
   * @param threads cores that it may use
   */
  void logits(FloatBuffer images, int count, InputShape shape, FloatBuffer logits, int threads);

  /** How many callers may run at once on a machine of this many cores, each with a share. */
  int callers(int cores);

  /** Frees what it made ready for sizes so far; the next calls make it anew. */
  default void forgetPlans() {}

  /** Frees what it holds outside the heap; only while nobody calls. */
  @Override
  void close();
}
