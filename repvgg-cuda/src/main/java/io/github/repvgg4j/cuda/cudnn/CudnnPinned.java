package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.PinnedMemory;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Page-locked memory of the host. */
final class CudnnPinned implements PinnedMemory {

  private final CudnnDevice device;
  private final int elements;
  private final Pointer pointer = new Pointer();
  private boolean closed;

  CudnnPinned(CudnnDevice device, int elements) {
    this.device = device;
    this.elements = elements;
    long bytes = Math.max(1L, elements) * Float.BYTES;
    Status.cuda("cudaMallocHost of " + bytes + " bytes", cudart.cudaMallocHost(pointer, bytes));
  }

  Pointer pointer() {
    if (closed) {
      throw new IllegalStateException("pinned memory is used after it was freed");
    }
    return pointer;
  }

  private FloatPointer floats() {
    return new FloatPointer(pointer()).capacity(elements);
  }

  @Override
  public int elements() {
    return elements;
  }

  @Override
  public void write(int at, float[] values) {
    floats().position(at).put(values);
  }

  @Override
  public float[] read(int count) {
    float[] values = new float[count];
    floats().get(values);
    return values;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.forget(this);
      Status.cuda("cudaFreeHost", cudart.cudaFreeHost(pointer));
    }
  }
}
