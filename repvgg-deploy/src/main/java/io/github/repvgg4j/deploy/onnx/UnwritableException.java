package io.github.repvgg4j.deploy.onnx;

/** ONNX, or a reader of it, has nothing that does what a layer does; one line says what. */
final class UnwritableException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnwritableException(String reason) {
    super(reason);
  }
}
