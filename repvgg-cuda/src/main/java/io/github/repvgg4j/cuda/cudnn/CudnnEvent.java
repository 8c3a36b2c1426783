package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.DeviceEvent;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;

/** An event without a clock. */
final class CudnnEvent implements DeviceEvent {

  private final CudnnDevice device;
  private final CUevent_st handle = new CUevent_st();
  private boolean closed;

  CudnnEvent(CudnnDevice device) {
    this.device = device;
    Status.cuda(
        "cudaEventCreateWithFlags",
        cudart.cudaEventCreateWithFlags(handle, cudart.cudaEventDisableTiming));
  }

  CUevent_st handle() {
    if (closed) {
      throw new IllegalStateException("an event is used after it was destroyed");
    }
    return handle;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.forget(this);
      Status.cuda("cudaEventDestroy", cudart.cudaEventDestroy(handle));
    }
  }
}
