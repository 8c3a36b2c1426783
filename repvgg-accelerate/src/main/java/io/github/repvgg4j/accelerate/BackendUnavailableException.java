package io.github.repvgg4j.accelerate;

/** No ND4J backend runs here; the message says in one line why, and what to do. */
public final class BackendUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  BackendUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
