package io.github.repvgg4j.cuda.device;

/** Numbers on the device. Closed once, by whoever allocated them, after the device is done. */
public interface DeviceMemory extends AutoCloseable {

  NumberFormat format();

  /** How many numbers. */
  long elements();

  @Override
  void close();

  default Span span(long offset, long length) {
    return new Span(this, offset, length);
  }

  default Span all() {
    return span(0, elements());
  }
}
