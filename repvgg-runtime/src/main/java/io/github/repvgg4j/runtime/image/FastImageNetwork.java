package io.github.repvgg4j.runtime.image;

import io.github.repvgg4j.answer.AnswerFunction;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.spec.InputShape;

/** The fast runtime. */
record FastImageNetwork(FastNetwork network, AnswerFunction head) implements ImageNetwork {

  @Override
  public float[] logits(float[] images, int count, InputShape shape) {
    return network.logits(images, count, shape);
  }

  @Override
  public void close() {
    network.close();
  }
}
