package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.DeviceStream;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;

/** A stream that does not wait for the default one. */
final class CudnnStream implements DeviceStream, AutoCloseable {

  private final CUstream_st handle = new CUstream_st();

  CudnnStream() {
    Status.cuda(
        "cudaStreamCreateWithFlags",
        cudart.cudaStreamCreateWithFlags(handle, cudart.cudaStreamNonBlocking));
  }

  CUstream_st handle() {
    return handle;
  }

  @Override
  public void close() {
    Status.cuda("cudaStreamDestroy", cudart.cudaStreamDestroy(handle));
  }
}
