package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;

/** A node's result and the gradient that its readers add up in one place. */
final class Tensor {

  private final MemoryPool pool;
  private final ImageShape shape;
  private final NumberFormat format;
  private final DeviceMemory value;
  private DeviceMemory gradient;
  private boolean valueWritten;
  private boolean gradientWritten;

  Tensor(MemoryPool pool, ImageShape shape, NumberFormat format) {
    this.pool = pool;
    this.shape = shape;
    this.format = format;
    this.value = pool.take(format, shape.elements());
  }

  ImageShape shape() {
    return shape;
  }

  Span value() {
    return value.span(0, shape.elements());
  }

  /** cuDNN's beta for the next one that writes the value: 0 for the first, then 1. */
  float keptValue() {
    float kept = valueWritten ? 1 : 0;
    valueWritten = true;
    return kept;
  }

  Span gradient() {
    if (gradient == null) {
      gradient = pool.take(format, shape.elements());
    }
    return gradient.span(0, shape.elements());
  }

  /** cuDNN's beta for the next one that adds to the gradient: 0 for the first, then 1. */
  float keptGradient() {
    float kept = gradientWritten ? 1 : 0;
    gradientWritten = true;
    return kept;
  }

  /** Nobody reads the value any more. */
  void releaseValue() {
    pool.giveBack(value);
  }

  /** Nobody reads the gradient any more. */
  void releaseGradient() {
    pool.giveBack(gradient);
    gradient = null;
  }
}
