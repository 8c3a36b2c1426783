package io.github.repvgg4j.deploy.onnx;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a node gives. Of a head that is two values: the numbers before its activation, which an
 * output of the file is by default, and those after it, which other layers read. The second is
 * written only where somebody wants it.
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

  /** Of a layer that is no head. */
  static Output of(Value value) {
    return new Output(null, value, null);
  }

  static Output ofHead(Value logits, Supplier<Value> activation) {
    return new Output(logits, null, activation);
  }

  /** Before the activation; empty where this is no head. */
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
