package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.text.FailureWords;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The one line that a user reads of a failure. */
final class ErrorLine {

  private ErrorLine() {}

  static String of(Throwable failure) {
    boolean wrapped =
        failure instanceof UncheckedIOException
            || failure instanceof ExecutionException
            || failure instanceof CompletionException;
    if (wrapped && failure.getCause() != null) {
      return of(failure.getCause());
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory (" + failure.getMessage() + "); give Java more with -Xmx";
    }
    Optional<String> name = FileNames.explain(failure);
    if (name.isPresent()) {
      return name.get();
    }
    String message = failure.getMessage();
    return failure instanceof Error || message == null || message.isBlank()
        ? failure.toString().lines().findFirst().orElse("")
            + " (an unforeseen failure; --verbose shows where)"
        : FailureWords.of(failure);
  }
}
