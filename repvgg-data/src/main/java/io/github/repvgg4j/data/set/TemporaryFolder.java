package io.github.repvgg4j.data.set;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder for what is not whole yet, beside the place that it is meant for. It is removed when it
 * is closed; what a process left that died before is removed by the next one. The lock in it says
 * whether its process lives.
 */
final class TemporaryFolder implements Closeable {

  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel lock;

  private TemporaryFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes one and removes those of dead processes.
   *
   * @param parent where it is made
   * @param prefix of its name, by which others of its kind are known
   */
  static TemporaryFolder in(Path parent, String prefix) throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, prefix + "*")) {
      for (Path other : others) {
        if (isDead(other)) {
          delete(other);
        }
      }
    }
    Path folder = Files.createTempDirectory(parent, prefix);
    FileChannel lock =
        FileChannel.open(
            folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      lock.tryLock(); // where a file system has no locks, nobody can tell and nothing is removed
    } catch (IOException e) {
      lock.close();
    }
    return new TemporaryFolder(folder, lock);
  }

  private static boolean isDead(Path folder) {
    try (FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
      return lock.tryLock() != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false; // not known to be
    }
  }

  Path path() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    lock.close();
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
