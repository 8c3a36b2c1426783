package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.serve.batch.Computer;
import io.github.repvgg4j.spec.InputShape;
import java.nio.FloatBuffer;

/**
 * The fast runtime.
 *
 * @param network closed with this
 */
record FastComputer(FastNetwork network) implements Computer {

  @Override
  public int classes() {
    return network.classes();
  }

  @Override
  public void logits(
      FloatBuffer images, int count, InputShape shape, FloatBuffer logits, int threads) {
    network.logits(images, count, shape, logits, threads);
  }

  @Override
  public int callers(int cores) {
    return cores;
  }

  @Override
  public void forgetPlans() {
    network.forgetPlans();
  }

  @Override
  public void close() {
    network.close();
  }
}
