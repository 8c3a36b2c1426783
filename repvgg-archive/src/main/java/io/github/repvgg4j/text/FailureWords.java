package io.github.repvgg4j.text;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** A failure as one line without names of classes. */
public final class FailureWords {

  private FailureWords() {}

  /** The message of a failure; for the system's own, which are bare paths, what happened to it. */
  public static String of(Throwable failure) {
    if (failure instanceof UncheckedIOException && failure.getCause() != null) {
      return of(failure.getCause());
    }
    if (failure instanceof FileSystemException e && e.getFile() != null) {
      return e.getFile() + ": " + reason(e);
    }
    if (failure instanceof InvalidPathException e) {
      return "'" + e.getInput() + "' is no path here: " + e.getReason();
    }
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? "an unforeseen failure; --verbose shows where"
        : firstLine(message);
  }

  /** What is the matter with a file, without its name. */
  public static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "exists already, and is no folder";
    }
    if (e instanceof NotDirectoryException) {
      return "is no folder";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "is a folder that is not empty";
    }
    return e.getReason() == null ? "cannot be used" : firstLine(e.getReason());
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
