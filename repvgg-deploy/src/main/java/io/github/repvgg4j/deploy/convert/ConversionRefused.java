package io.github.repvgg4j.deploy.convert;

/** A model that is not converted; nothing was written. The message is one line for the user. */
public final class ConversionRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ConversionRefused(String message) {
    super(message);
  }
}
