package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.backend.BackendStartup;
import io.github.repvgg4j.backend.BackendUnavailableException;
import io.github.repvgg4j.text.FailureWords;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutionException;

/** The one line that a user reads of a failure. */
final class ErrorLine {

  private ErrorLine() {}

  static String of(Throwable failure) {
    if (failure instanceof UncheckedIOException || failure instanceof ExecutionException) {
      return of(failure.getCause());
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory ("
          + failure.getMessage()
          + "); use a smaller --batch, or give Java more with -Xmx and"
          + " -Dorg.bytedeco.javacpp.maxbytes";
    }
    if (failure instanceof LinkageError) {
      return ofLinkage(failure);
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? unforeseen(failure) : FailureWords.of(failure);
  }

  /** ND4J without a backend fails in its static initialiser; anything else is unforeseen. */
  private static String ofLinkage(Throwable failure) {
    try {
      BackendStartup.require();
      return unforeseen(failure);
    } catch (BackendUnavailableException e) {
      return firstLine(e.getMessage());
    }
  }

  private static String unforeseen(Throwable failure) {
    return failure + " (an unforeseen failure; --verbose shows where)";
  }

  /** The first line of a message that may have several. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
