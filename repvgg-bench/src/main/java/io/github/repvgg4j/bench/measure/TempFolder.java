package io.github.repvgg4j.bench.measure;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder that is gone when it is closed, or at Ctrl-C. Links in it are not followed. */
public final class TempFolder implements AutoCloseable {

  private final Path path;
  private final Thread atExit;

  /**
   * Makes it.
   *
   * @param prefix of its name
   */
  public TempFolder(String prefix) throws IOException {
    path = Files.createTempDirectory(prefix);
    atExit = new Thread(this::deleteQuietly, "temp-folder");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // on the way out: the hook deletes
    }
    delete();
  }

  private void deleteQuietly() {
    try {
      delete();
    } catch (IOException e) {
      System.err.println(path + ": cannot be removed: " + e.getMessage());
    }
  }

  private void delete() throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
