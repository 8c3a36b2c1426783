package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.NumberFormat;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;

/** Memory of the card. */
final class CudnnMemory implements DeviceMemory {

  private final CudnnDevice device;
  private final NumberFormat format;
  private final long elements;
  private final Pointer pointer = new Pointer();
  private boolean closed;

  CudnnMemory(CudnnDevice device, NumberFormat format, long elements) {
    this.device = device;
    this.format = format;
    this.elements = elements;
    long bytes = Math.max(1, elements) * format.bytes();
    Status.cuda("cudaMalloc of " + bytes + " bytes", cudart.cudaMalloc(pointer, bytes));
    Status.cuda(
        "cudaMemsetAsync", cudart.cudaMemsetAsync(pointer, 0, bytes, device.computing().handle()));
    device.synchronize(device.computing());
  }

  long address() {
    if (closed) {
      throw new IllegalStateException("device memory is used after it was freed");
    }
    return pointer.address();
  }

  @Override
  public NumberFormat format() {
    return format;
  }

  @Override
  public long elements() {
    return elements;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.forget(this);
      Status.cuda("cudaFree", cudart.cudaFree(pointer));
    }
  }
}
