package io.github.repvgg4j.deploy.onnx;

import java.util.function.LongUnaryOperator;

/** The size of one axis. */
sealed interface Dimension {

  /** Known when the file is written. */
  record Fixed(long size) implements Dimension {}

  /** Known when the file is run; axes of one name have one size. */
  record Named(String name) implements Dimension {}

  static Dimension of(long size) {
    return new Fixed(size);
  }

  /** The size that comes of this one; where this one is not known, that has a name of its own. */
  default Dimension map(LongUnaryOperator size, OnnxNames names) {
    return this instanceof Fixed fixed
        ? new Fixed(size.applyAsLong(fixed.size()))
        : new Named(names.axis());
  }
}
