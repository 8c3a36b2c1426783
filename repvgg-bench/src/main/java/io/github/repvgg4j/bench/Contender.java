package io.github.repvgg4j.bench;

import io.github.repvgg4j.bench.Workload.Form;

/** One engine with one form of one network loaded and its images at hand. */
interface Contender extends AutoCloseable {

  /** {@code onnxruntime}. */
  String engine();

  ArithmeticPeak.Type precision();

  Form form();

  /**
   * Runs the whole batch; when it returns, the answer is in Java's reach.
   *
   * @return logits [N, classes] row by row
   */
  float[] run();

  @Override
  void close();
}
