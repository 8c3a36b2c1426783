package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;

/** One engine with one form of one network loaded and its images at hand. */
public interface Contender extends AutoCloseable {

  /** {@code onnxruntime}. */
  String engine();

  /** What it multiplies in. */
  ArithmeticPeak.Type precision();

  /** Of the network that it runs. */
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
