package io.github.repvgg4j.cuda.device;

/**
 * The calls of cuBLAS 12 and cuDNN 9 on vectors and small matrices, float32 but for {@link
 * #convert}; all run in {@link CudaDevice#computing}.
 */
public interface VectorMath {

  /** cudnnOpTensor: the same numbers in another format, rounded to the nearest, ties to even. */
  void convert(Span from, Span to);

  /** Whether a matrix is read as it lies or transposed. */
  enum Side {
    AS_IS,
    TRANSPOSED
  }

  /**
   * The shapes of {@code C = A B}, matrices by columns.
   *
   * @param rows of C
   * @param columns of C
   * @param inner columns of A, rows of B
   */
  record Product(Side a, Side b, int rows, int columns, int inner) {}

  /** cublasSgemm: {@code c = a b}, float32. */
  void multiply(Product product, Span a, Span b, Span c);

  /** cudnnAddTensor: adds a vector of {@code columns} to each of the rows that follow in memory. */
  void addToRows(int rows, int columns, Span vector, Span matrix);

  /** Which function of a row. */
  enum Softmax {
    /** CUDNN_SOFTMAX_ACCURATE. */
    PROBABILITIES,
    /** CUDNN_SOFTMAX_LOG. */
    LOGARITHMS
  }

  /** cudnnSoftmaxForward over each row. */
  void softmax(Softmax kind, int rows, int columns, Span scores, Span result);

  /** cublasSdot; the result is one float32 on the device. */
  void dot(Span a, Span b, Span result);

  /** cublasSnrm2; the result is one float32 on the device. */
  void norm(Span a, Span result);

  /** cublasSaxpy: {@code y += factor x}. */
  void axpy(float factor, Span x, Span y);

  /** cublasSscal: {@code x *= factor}. */
  void scale(float factor, Span x);

  /** cudnnOpTensor: {@code c = kept c + factor a b}, entry by entry; c is neither a nor b. */
  void multiplyEntries(float factor, Span a, Span b, Span c, float kept);

  /** cudaMemcpyAsync within the device. */
  void copy(Span from, Span to);

  /** cudaMemsetAsync. */
  void clear(Span span);
}
