package io.github.repvgg4j.runtime;

import io.github.repvgg4j.model.head.Logits;
import java.nio.FloatBuffer;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j itself, where oneDNN cannot be loaded. One call at a time. */
final class Dl4jEngine implements InferenceEngine {

  private final Model network;
  private final String reason;

  Dl4jEngine(Model network, String reason) {
    this.network = network;
    this.reason = reason;
  }

  @Override
  public synchronized void run(FloatBuffer images, BatchShape key, FloatBuffer logits) {
    INDArray input =
        Nd4j.createUninitialized(
            DataType.FLOAT, key.batch(), key.channels(), key.height(), key.width());
    ArrayBuffers.of(input).put(images.duplicate());
    INDArray result = Logits.of(network, input).dup('c');
    logits.duplicate().put(ArrayBuffers.of(result));
    input.close();
    result.close();
  }

  @Override
  public String description() {
    return "Deeplearning4j, as oneDNN cannot be loaded: " + reason;
  }

  @Override
  public MemoryUse memory() {
    return new MemoryUse(network.numParams() * Float.BYTES, 0);
  }

  @Override
  public void close() {
    // The network belongs to the garbage collector.
  }
}
