package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.PinnedMemory;
import java.util.Arrays;

/** Host memory that copies read and write. */
final class JavaPinned implements PinnedMemory {

  private final JavaDevice device;
  private final float[] values;
  private final Order.Accesses accesses;
  private boolean closed;

  JavaPinned(JavaDevice device, int elements) {
    this.device = device;
    this.values = new float[elements];
    this.accesses = device.order().new Accesses("pinned memory of " + elements);
  }

  float[] values() {
    if (closed) {
      throw new IllegalStateException("pinned memory is used after it was freed");
    }
    return values;
  }

  Order.Accesses accesses() {
    return accesses;
  }

  @Override
  public int elements() {
    return values.length;
  }

  @Override
  public void write(int at, float[] from) {
    float[] to = values();
    device.order().begin(Order.Worker.HOST);
    accesses.write(Order.Worker.HOST);
    System.arraycopy(from, 0, to, at, from.length);
  }

  @Override
  public float[] read(int count) {
    float[] from = values();
    device.order().begin(Order.Worker.HOST);
    accesses.read(Order.Worker.HOST);
    return Arrays.copyOf(from, count);
  }

  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("pinned memory is freed twice");
    }
    device.requireOpen();
    device.order().begin(Order.Worker.HOST);
    accesses.free();
    closed = true;
    device.forget(this);
  }
}
