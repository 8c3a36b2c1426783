package io.github.repvgg4j.deploy.onnx;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a node gives. Of a layer with an activation that is two values: the numbers before it, which
 * an output of the file may be, and those after it, which other layers read. The second is written
 * only where somebody wants it.
 */
final class Output {

  private final Value logits;
  private final Supplier<Value> activation;
  private Value activated;

  private Output(Value logits, Value activated, Supplier<Value> activation) {
    this.logits = logits;
    this.activated = activated;
    this.activation = activation;
  }

  /** Of a layer without an activation. */
  static Output of(Value value) {
    return new Output(null, value, null);
  }

  static Output ofTwo(Value logits, Supplier<Value> activation) {
    return new Output(logits, null, activation);
  }

  /** Before the activation; empty where there is none. */
  Optional<Value> logits() {
    return Optional.ofNullable(logits);
  }

  /** What the layer gives in Deeplearning4j. */
  Value activated() {
    if (activated == null) {
      activated = activation.get();
    }
    return activated;
  }
}
