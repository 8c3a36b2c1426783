package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.CudaException;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;

/** What the libraries' calls return. */
final class Status {

  private Status() {}

  /**
   * @param status of a call of the CUDA runtime
   * @throws CudaException it failed
   */
  static void cuda(String call, int status) {
    if (status != cudart.cudaSuccess) {
      throw new CudaException(call + ": " + cudart.cudaGetErrorString(status).getString());
    }
  }

  static void cudnn(String call, int status) {
    if (status != cudnn.CUDNN_STATUS_SUCCESS) {
      throw new CudaException(call + ": " + cudnn.cudnnGetErrorString(status).getString());
    }
  }

  static void cublas(String call, int status) {
    if (status != cublas.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(call + ": " + cublas.cublasGetStatusString(status).getString());
    }
  }
}
