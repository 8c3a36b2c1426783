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

  /** The same for the clock; a process of its own keeps its logits. */
  default void call() {
    run();
  }

  /**
   * How many times fewer multiplications than the definition has may be enough: 4 for Winograd's
   * F(4x4, 3x3).
   */
  default double saving() {
    return 1;
  }

  /** The most that was resident in its own process; 0 for one that runs in this one. */
  default long ownPeakMemoryMb() {
    return 0;
  }

  @Override
  void close();
}
