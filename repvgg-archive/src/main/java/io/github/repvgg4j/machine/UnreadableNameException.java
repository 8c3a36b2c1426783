package io.github.repvgg4j.machine;

/** A file name that this process can't read or write. The message is one line with the remedy. */
public final class UnreadableNameException extends IllegalArgumentException {

  UnreadableNameException(String message, Throwable cause) {
    super(message, cause);
  }
}
