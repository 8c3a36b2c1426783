package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.Span;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Pointers to numbers that something else owns. */
final class Address extends Pointer {

  private Address(long address) {
    this.address = address;
  }

  /** Of a span's first number. */
  static Pointer of(Span span) {
    return new Address(bytes(span));
  }

  /** Of a float32 span's first number. */
  static FloatPointer floats(Span span) {
    return new Floats(bytes(span));
  }

  private static long bytes(Span span) {
    CudnnMemory memory = (CudnnMemory) span.memory();
    return memory.address() + span.offset() * span.format().bytes();
  }

  private static final class Floats extends FloatPointer {
    private Floats(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }
}
