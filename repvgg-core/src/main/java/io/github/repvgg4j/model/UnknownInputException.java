package io.github.repvgg4j.model;

/** What a network reads cannot be told, or is not what was said. The message is one line. */
public final class UnknownInputException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnknownInputException(String message) {
    super(message);
  }
}
