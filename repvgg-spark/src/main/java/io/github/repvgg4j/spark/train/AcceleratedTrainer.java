package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.train.loop.GraphTrainer;

/**
 * A trainer as fast as its machine allows.
 *
 * @param trainer closed with this
 * @param acceleration what computes in it, one line
 */
record AcceleratedTrainer(GraphTrainer trainer, String acceleration) implements AutoCloseable {

  @Override
  public void close() {
    trainer.close();
  }
}
