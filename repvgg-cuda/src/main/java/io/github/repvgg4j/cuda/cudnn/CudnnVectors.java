package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.Span;
import io.github.repvgg4j.cuda.device.VectorMath;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnOpTensorStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;

/** Vectors and small matrices by cuBLAS 12 and cuDNN 9. */
final class CudnnVectors implements VectorMath {

  private final CudnnDevice device;
  private final cudnnContext cudnnHandle;
  private final cublasContext cublasHandle;
  private final Descriptors descriptors;
  private final Scalars scalars;
  private final cudnnOpTensorStruct product = operation(cudnn.CUDNN_OP_TENSOR_MUL);
  private final cudnnOpTensorStruct larger = operation(cudnn.CUDNN_OP_TENSOR_MAX);

  CudnnVectors(
      CudnnDevice device,
      cudnnContext cudnnHandle,
      cublasContext cublasHandle,
      Descriptors descriptors,
      Scalars scalars) {
    this.device = device;
    this.cudnnHandle = cudnnHandle;
    this.cublasHandle = cublasHandle;
    this.descriptors = descriptors;
    this.scalars = scalars;
  }

  private static cudnnOpTensorStruct operation(int kind) {
    cudnnOpTensorStruct operation = new cudnnOpTensorStruct();
    Status.cudnn("cudnnCreateOpTensorDescriptor", cudnn.cudnnCreateOpTensorDescriptor(operation));
    Status.cudnn(
        "cudnnSetOpTensorDescriptor",
        cudnn.cudnnSetOpTensorDescriptor(
            operation, kind, cudnn.CUDNN_DATA_FLOAT, cudnn.CUDNN_PROPAGATE_NAN));
    return operation;
  }

  /** The larger of each number and itself: a copy in another format without arithmetic. */
  @Override
  public void convert(Span from, Span to) {
    cudnnTensorStruct read = descriptors.vector(from.length(), from.format());
    Status.cudnn(
        "cudnnOpTensor from " + from.format() + " to " + to.format(),
        cudnn.cudnnOpTensor(
            cudnnHandle,
            larger,
            scalars.one(),
            read,
            Address.of(from),
            scalars.one(),
            read,
            Address.of(from),
            scalars.zero(),
            descriptors.vector(to.length(), to.format()),
            Address.of(to)));
  }

  @Override
  public void multiplyEntries(float factor, Span a, Span b, Span c, float kept) {
    cudnnTensorStruct vector = descriptors.vector(c.length(), c.format());
    Status.cudnn(
        "cudnnOpTensor product",
        cudnn.cudnnOpTensor(
            cudnnHandle,
            product,
            scalars.of(factor),
            vector,
            Address.of(a),
            scalars.one(),
            vector,
            Address.of(b),
            kept == 0 ? scalars.zero() : scalars.one(),
            vector,
            Address.of(c)));
  }

  @Override
  public void multiply(Product shape, Span a, Span b, Span c) {
    boolean plainA = shape.a() == Side.AS_IS;
    boolean plainB = shape.b() == Side.AS_IS;
    Status.cublas(
        "cublasSgemm",
        cublas.cublasSgemm_v2(
            cublasHandle,
            plainA ? cublas.CUBLAS_OP_N : cublas.CUBLAS_OP_T,
            plainB ? cublas.CUBLAS_OP_N : cublas.CUBLAS_OP_T,
            shape.rows(),
            shape.columns(),
            shape.inner(),
            scalars.one(),
            Address.floats(a),
            plainA ? shape.rows() : shape.inner(),
            Address.floats(b),
            plainB ? shape.inner() : shape.columns(),
            scalars.zero(),
            Address.floats(c),
            shape.rows()));
  }

  @Override
  public void addToRows(int rows, int columns, Span vector, Span matrix) {
    Status.cudnn(
        "cudnnAddTensor to rows",
        cudnn.cudnnAddTensor(
            cudnnHandle,
            scalars.one(),
            descriptors.rows(1, columns),
            Address.of(vector),
            scalars.one(),
            descriptors.rows(rows, columns),
            Address.of(matrix)));
  }

  @Override
  public void softmax(Softmax kind, int rows, int columns, Span scores, Span result) {
    cudnnTensorStruct matrix = descriptors.rows(rows, columns);
    Status.cudnn(
        "cudnnSoftmaxForward",
        cudnn.cudnnSoftmaxForward(
            cudnnHandle,
            kind == Softmax.LOGARITHMS ? cudnn.CUDNN_SOFTMAX_LOG : cudnn.CUDNN_SOFTMAX_ACCURATE,
            cudnn.CUDNN_SOFTMAX_MODE_INSTANCE,
            scalars.one(),
            matrix,
            Address.of(scores),
            scalars.zero(),
            matrix,
            Address.of(result)));
  }

  @Override
  public void dot(Span a, Span b, Span result) {
    resultOnDevice(
        () ->
            Status.cublas(
                "cublasSdot",
                cublas.cublasSdot_v2(
                    cublasHandle,
                    length(a),
                    Address.floats(a),
                    1,
                    Address.floats(b),
                    1,
                    Address.floats(result))));
  }

  @Override
  public void norm(Span a, Span result) {
    resultOnDevice(
        () ->
            Status.cublas(
                "cublasSnrm2",
                cublas.cublasSnrm2_v2(
                    cublasHandle, length(a), Address.floats(a), 1, Address.floats(result))));
  }

  private void resultOnDevice(Runnable call) {
    pointerMode(cublas.CUBLAS_POINTER_MODE_DEVICE);
    try {
      call.run();
    } finally {
      pointerMode(cublas.CUBLAS_POINTER_MODE_HOST);
    }
  }

  private void pointerMode(int mode) {
    Status.cublas("cublasSetPointerMode", cublas.cublasSetPointerMode_v2(cublasHandle, mode));
  }

  private static int length(Span span) {
    return Math.toIntExact(span.length());
  }

  @Override
  public void axpy(float factor, Span x, Span y) {
    Status.cublas(
        "cublasSaxpy",
        cublas.cublasSaxpy_v2(
            cublasHandle,
            length(x),
            scalars.of(factor),
            Address.floats(x),
            1,
            Address.floats(y),
            1));
  }

  @Override
  public void scale(float factor, Span x) {
    Status.cublas(
        "cublasSscal",
        cublas.cublasSscal_v2(cublasHandle, length(x), scalars.of(factor), Address.floats(x), 1));
  }

  @Override
  public void copy(Span from, Span to) {
    Status.cuda(
        "cudaMemcpyAsync on the device",
        cudart.cudaMemcpyAsync(
            Address.of(to),
            Address.of(from),
            from.length() * from.format().bytes(),
            cudart.cudaMemcpyDeviceToDevice,
            device.computing().handle()));
  }

  @Override
  public void clear(Span span) {
    Status.cuda(
        "cudaMemsetAsync",
        cudart.cudaMemsetAsync(
            Address.of(span),
            0,
            span.length() * span.format().bytes(),
            device.computing().handle()));
  }

  void close() {
    cudnn.cudnnDestroyOpTensorDescriptor(product);
    cudnn.cudnnDestroyOpTensorDescriptor(larger);
  }
}
