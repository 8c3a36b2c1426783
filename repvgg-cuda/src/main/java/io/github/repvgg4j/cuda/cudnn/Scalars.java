package io.github.repvgg4j.cuda.cudnn;

import org.bytedeco.javacpp.FloatPointer;

/** Scaling factors in the host's memory; the libraries read them during the call. */
final class Scalars implements AutoCloseable {

  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);
  private final FloatPointer other = new FloatPointer(1);

  FloatPointer one() {
    return one;
  }

  FloatPointer zero() {
    return zero;
  }

  /** Good until the next call. */
  FloatPointer of(float value) {
    return other.put(value);
  }

  /** cuDNN's beta. */
  FloatPointer kept(float value) {
    return value == 0 ? zero : value == 1 ? one : of(value);
  }

  @Override
  public void close() {
    one.close();
    zero.close();
    other.close();
  }
}
