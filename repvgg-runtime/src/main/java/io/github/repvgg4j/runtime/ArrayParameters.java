package io.github.repvgg4j.runtime;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The parameter vector of a network in memory. */
final class ArrayParameters implements Parameters {

  private final INDArray vector;
  private final FloatBuffer numbers;

  /**
   * @param vector float32, DL4J's {@code network.params()}; only read
   */
  ArrayParameters(INDArray vector) {
    this.vector = ArrayBuffers.dense(vector);
    this.numbers = ArrayBuffers.of(this.vector);
  }

  @Override
  public long length() {
    return vector.length();
  }

  @Override
  public void read(FloatBuffer target) {
    FloatBuffer next = numbers.slice();
    next.limit(target.remaining());
    numbers.position(numbers.position() + next.remaining());
    target.put(next);
  }
}
