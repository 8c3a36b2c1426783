package io.github.repvgg4j.reparam;

/**
 * No single convolution is exactly equal to what was asked for. The message is the reason, without
 * the place: "strides 1 and 2".
 */
public final class NotFusibleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NotFusibleException(String reason) {
    super(reason, null, false, false);
  }
}
