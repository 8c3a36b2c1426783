package io.github.repvgg4j.runtime;

import io.github.repvgg4j.array.HostMemory;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The parameter vector of a network in memory. */
final class ArrayParameters implements Parameters {

  private final INDArray vector;
  private int next;

  /**
   * @param vector float32, DL4J's {@code network.params()}; only read
   */
  ArrayParameters(INDArray vector) {
    this.vector = vector.castTo(DataType.FLOAT);
  }

  @Override
  public long length() {
    return vector.length();
  }

  @Override
  public void read(FloatBuffer target) {
    int count = target.remaining();
    HostMemory.read(vector, numbers -> target.put(numbers.slice(next, count)));
    next += count;
  }
}
