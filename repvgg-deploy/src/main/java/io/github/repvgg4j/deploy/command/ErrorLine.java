package io.github.repvgg4j.deploy.command;

import io.github.repvgg4j.accelerate.BackendStartup;
import io.github.repvgg4j.machine.FileNames;
import io.github.repvgg4j.text.FailureWords;
import io.github.repvgg4j.text.Printable;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** The one line that a user reads of a failure. */
final class ErrorLine {

  private ErrorLine() {}

  /**
   * @param arguments of the command line, some of which may be paths with line breaks in them
   */
  static String of(Throwable failure, List<String> arguments) {
    if (failure instanceof UncheckedIOException || failure instanceof ExecutionException) {
      return of(failure.getCause(), arguments);
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory ("
          + failure.getMessage()
          + "); give Java more with -Xmx and -Dorg.bytedeco.javacpp.maxbytes, or predict, evaluate"
          + " and infer a smaller --batch, or convert and quantize fewer --images";
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
    return message == null || message.isBlank() ? unforeseen(failure) : words(failure, arguments);
  }

  private static String words(Throwable failure, List<String> arguments) {
    return failure instanceof FileSystemException || failure instanceof InvalidPathException
        ? Printable.of(FailureWords.of(failure))
        : firstLine(inOneLine(failure.getMessage(), arguments));
  }

  /** A message whose own paths, and those of what stands beside them, do not break it. */
  private static String inOneLine(String message, List<String> arguments) {
    String line = message;
    for (String argument : arguments) {
      String path = argument.replaceFirst("^--[a-z-]+=", "");
      String stem = path.replaceFirst("\\.[^./\\v]*$", "");
      if (!Printable.of(path).equals(path)) {
        line = line.replace(path, Printable.of(path)).replace(stem, Printable.of(stem));
      }
    }
    return line;
  }

  /** What only a mistake in a program throws; its message alone says nothing to a user. */
  private static boolean isDefect(Throwable failure) {
    return failure instanceof ClassCastException
        || failure instanceof NullPointerException
        || failure instanceof IndexOutOfBoundsException
        || failure instanceof ArrayStoreException
        || failure instanceof NegativeArraySizeException
        || failure instanceof ArithmeticException;
  }

  private static String unforeseen(Throwable failure) {
    return firstLine(failure.toString()) + " (an unforeseen failure; --verbose shows where)";
  }

  /** The first line of a message that may have several. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
