package io.github.repvgg4j.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Files under their temporary names. A program that is told to end never comes to {@code finally};
 * where it asked for that, they are gone then all the same.
 */
final class UnfinishedFiles {

  /** Latest first: what is written inside another write goes before that one. */
  private static final Deque<Path> FILES = new ArrayDeque<>();

  private static boolean wanted;
  private static Thread atEnd;

  private UnfinishedFiles() {}

  static synchronized void deleteAtExit() {
    wanted = true;
  }

  static synchronized void add(Path temporary) {
    FILES.push(temporary);
    if (wanted && atEnd == null) {
      atEnd = new Thread(UnfinishedFiles::deleteAll, "unfinished-files");
      try {
        Runtime.getRuntime().addShutdownHook(atEnd);
      } catch (IllegalStateException e) {
        // the program ends already
      }
    }
  }

  static void delete(Path temporary) throws IOException {
    try {
      Files.deleteIfExists(temporary);
    } finally {
      remove(temporary);
    }
  }

  private static synchronized void remove(Path temporary) {
    FILES.remove(temporary);
    if (FILES.isEmpty() && atEnd != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(atEnd);
      } catch (IllegalStateException e) {
        // it runs
      }
      atEnd = null;
    }
  }

  private static synchronized void deleteAll() {
    for (Path file : FILES) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // the program ends; there is nobody to tell
      }
    }
  }
}
