package io.github.repvgg4j.deploy.quantize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file under its temporary name, and what is written beside it on the way. A program that is told
 * to end (^C) never comes to {@code finally}; this is gone then all the same.
 */
final class UnfinishedFile implements AutoCloseable {

  private final Thread atEnd;

  UnfinishedFile(Path temporary) {
    atEnd = new Thread(() -> delete(temporary));
    Runtime.getRuntime().addShutdownHook(atEnd);
  }

  private static void delete(Path temporary) {
    String name = temporary.getFileName().toString();
    try (Stream<Path> files = Files.list(temporary.toAbsolutePath().getParent())) {
      List<Path> own = files.filter(file -> file.getFileName().toString().contains(name)).toList();
      for (Path file : own) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // the program ends; there is nobody to tell
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
    } catch (IllegalStateException e) {
      // it runs
    }
  }
}
