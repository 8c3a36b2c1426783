package io.github.repvgg4j.spark.command;

import io.github.repvgg4j.machine.FileNames;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;

/**
 * The one line that a user reads of a failure. Spark wraps what went wrong on an executor into
 * pages of text; its root is dug out.
 */
final class ErrorLine {

  /** {@code ... (TID 3) (10.0.0.2 executor 1): java.io.IOException: No space left on device}. */
  private static final Pattern TASK_FAILURE = Pattern.compile("\\((\\S+) executor (\\w+)\\): (.*)");

  private static final Pattern CAUSE = Pattern.compile("(?m)^Caused by: (.*)$");
  private static final Pattern CLASS_NAME =
      Pattern.compile("^(?:[\\w$]+\\.)+[\\w$]*(?:Exception|Error): ");

  private ErrorLine() {}

  static String of(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SparkException && t.getMessage() != null) {
        Matcher task = TASK_FAILURE.matcher(t.getMessage());
        if (task.find()) {
          return ofTask(t.getMessage(), task);
        }
      }
    }
    Throwable root = failure;
    while ((root instanceof UncheckedIOException || root instanceof SparkException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof FileNotFoundException) {
      return firstLine(root.getMessage());
    }
    Optional<String> name = FileNames.explain(root);
    if (name.isPresent()) {
      return name.get();
    }
    if (root instanceof OutOfMemoryError) {
      return "out of memory (" + root.getMessage() + "); give Java more with -Xmx";
    }
    if (root instanceof Error) {
      return firstLine(root.toString()) + " (an unforeseen failure; --verbose shows where)";
    }
    String message = root.getMessage();
    return message == null || message.isBlank()
        ? root.getClass().getSimpleName() + " (an unforeseen failure; --verbose shows where)"
        : withoutClassNames(message);
  }

  private static String ofTask(String message, Matcher task) {
    String reason = task.group(3);
    Matcher cause = CAUSE.matcher(message);
    while (cause.find()) {
      reason = cause.group(1);
    }
    return "executor " + task.group(2) + " on " + task.group(1) + ": " + withoutClassNames(reason);
  }

  private static String withoutClassNames(String message) {
    String line = firstLine(message);
    for (Matcher m = CLASS_NAME.matcher(line); m.find(); m = CLASS_NAME.matcher(line)) {
      line = line.substring(m.end());
    }
    return line;
  }

  /** The first line of a message that may have several. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
