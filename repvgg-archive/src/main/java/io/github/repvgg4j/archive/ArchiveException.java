package io.github.repvgg4j.archive;

import java.io.IOException;

/**
 * A file that is not what it should be. The message is one line for the user: file, fault, remedy.
 */
public final class ArchiveException extends IOException {

  private static final long serialVersionUID = 1L;

  public ArchiveException(String message) {
    super(message);
  }

  public ArchiveException(String message, Throwable cause) {
    super(message, cause);
  }
}
