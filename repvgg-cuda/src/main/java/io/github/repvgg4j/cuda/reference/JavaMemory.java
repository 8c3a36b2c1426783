package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.NumberFormat;

/** Device memory in a Java array; each number as its format keeps it. */
final class JavaMemory implements DeviceMemory {

  private final JavaDevice device;
  private final NumberFormat format;
  private final float[] values;
  private final Order.Accesses accesses;
  private boolean closed;

  JavaMemory(JavaDevice device, NumberFormat format, int elements) {
    this.device = device;
    this.format = format;
    this.values = new float[elements];
    this.accesses = device.order().new Accesses("device memory of " + elements + " " + format);
  }

  float[] values() {
    if (closed) {
      throw new IllegalStateException("device memory is used after it was freed");
    }
    return values;
  }

  Order.Accesses accesses() {
    return accesses;
  }

  JavaDevice device() {
    return device;
  }

  @Override
  public NumberFormat format() {
    return format;
  }

  @Override
  public long elements() {
    return values.length;
  }

  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("device memory is freed twice");
    }
    device.requireOpen();
    device.order().begin(Order.Worker.HOST);
    accesses.free();
    closed = true;
    device.forget(this);
  }
}
