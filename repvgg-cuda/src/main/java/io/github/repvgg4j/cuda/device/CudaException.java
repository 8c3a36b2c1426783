package io.github.repvgg4j.cuda.device;

/** A device or one of its libraries can't do what was asked; one line says why. */
public final class CudaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CudaException(String message) {
    super(message);
  }
}
