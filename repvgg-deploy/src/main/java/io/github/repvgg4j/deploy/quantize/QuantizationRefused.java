package io.github.repvgg4j.deploy.quantize;

/** A model that is not quantised; nothing was written. The message is one line for the user. */
public final class QuantizationRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public QuantizationRefused(String message) {
    super(message);
  }
}
