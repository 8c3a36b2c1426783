package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.reference.Order.Worker;
import java.util.function.IntToDoubleFunction;

/** How a call's operands are read and its result is stored. */
abstract class JavaCalls {

  final JavaDevice device;

  JavaCalls(JavaDevice device) {
    this.device = device;
  }

  void begin() {
    device.requireOpen();
    device.order().begin(Worker.COMPUTING);
  }

  float[] read(Span span) {
    return device.array(Worker.COMPUTING, span, false);
  }

  float[] read(Span span, long elements, NumberFormat format) {
    require(span, elements, format);
    return read(span);
  }

  static void require(Span span, long elements, NumberFormat format) {
    if (span.length() != elements || span.format() != format) {
      throw new IllegalArgumentException(
          span.length() + " " + span.format() + " where " + elements + " " + format + " belong");
    }
  }

  static int at(Span span) {
    return Math.toIntExact(span.offset());
  }

  /** Stores {@code kept} times what was there plus the value. */
  void write(Span span, float kept, IntToDoubleFunction value) {
    float[] array = device.array(Worker.COMPUTING, span, true);
    int at = at(span);
    for (int i = 0; i < span.length(); i++) {
      double before = kept == 0 ? 0 : kept * (double) array[at + i];
      array[at + i] = Rounding.stored(span.format(), (float) (value.applyAsDouble(i) + before));
    }
  }
}
