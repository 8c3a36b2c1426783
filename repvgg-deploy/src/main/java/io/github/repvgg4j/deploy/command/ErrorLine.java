package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.accelerate.BackendStartup;
import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.text.FailureWords;
import java.io.UncheckedIOException;
import java.util.Optional;
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
          + "); give Java more with -Xmx and -Dorg.bytedeco.javacpp.maxbytes, or predict, evaluate"
          + " and infer a smaller --batch";
    }
    Optional<String> natives = BackendStartup.explain(failure);
    if (natives.isPresent()) {
      return firstLine(natives.get());
    }
    if (failure instanceof LinkageError) {
      return unforeseen(failure);
    }
    Optional<String> name = FileNames.explain(failure);
    if (name.isPresent()) {
      return name.get();
    }
    if (failure instanceof Error || isDefect(failure)) {
      return unforeseen(failure);
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? unforeseen(failure) : FailureWords.of(failure);
  }

  /** What only a mistake in a program throws; its message alone says nothing to a user. */
  private static boolean isDefect(Throwable failure) {
    return failure instanceof ClassCastException
        || failure instanceof NullPointerException
        || failure instanceof IndexOutOfBoundsException
        || failure instanceof ArrayStoreException;
  }

  private static String unforeseen(Throwable failure) {
    return firstLine(failure.toString()) + " (an unforeseen failure; --verbose shows where)";
  }

  /** The first line of a message that may have several. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
