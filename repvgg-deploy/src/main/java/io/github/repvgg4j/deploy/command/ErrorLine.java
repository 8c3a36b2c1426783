package io.github.repvgg4j.deploy.command;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;

/** The one line that a user reads of a failure. */
final class ErrorLine {

  private static final String NO_BACKEND = "NoAvailableBackendException";

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
    if (hasCause(failure, NO_BACKEND)) {
      return "no ND4J backend can run on this machine: a CUDA build needs an NVIDIA card of compute"
          + " capability 3.7 to 8.9 and its driver; without one use the default (CPU) build";
    }
    if (failure instanceof FileSystemException e) {
      return ofFile(e);
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() || failure instanceof LinkageError
        ? failure + " (an unforeseen failure; --verbose shows where)"
        : firstLine(message);
  }

  private static String ofFile(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return e.getFile() + ": no such file";
    }
    if (e instanceof AccessDeniedException) {
      return e.getFile() + ": no permission";
    }
    return firstLine(e.getMessage());
  }

  private static boolean hasCause(Throwable failure, String simpleName) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t.getClass().getSimpleName().equals(simpleName)) {
        return true;
      }
    }
    return false;
  }

  /** The first line of a message that may have several. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
