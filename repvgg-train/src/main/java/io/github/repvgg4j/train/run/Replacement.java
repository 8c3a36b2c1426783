package io.github.repvgg4j.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a new run takes an earlier one's place. It is written to {@code .new} in the run's folder.
 * Once it has a model, {@code .new} is renamed to {@code .replacing}: that is the one step, and
 * from there on the new run is the folder's run. Its files are then moved over the earlier one's;
 * where the process dies in between, whoever opens the folder next goes on with it.
 */
final class Replacement {

  private static final String NEW = ".new";
  private static final String REPLACING = ".replacing";

  /**
   * Its presence in {@code .replacing} says that nothing of the earlier run is left to delete. So
   * does it where no model is there any more: a new run has one, and it is moved after that.
   */
  private static final String CLEARED = ".cleared";

  private final RunFiles earlier;
  private final Path replacing;

  Replacement(Path folder) {
    this.earlier = new RunFiles(folder);
    this.replacing = folder.resolve(REPLACING);
  }

  /** Where the new run waits. */
  Path waiting() {
    return earlier.folder().resolve(NEW);
  }

  /** Where a new run may be found that has not come to its place. */
  List<Path> places() {
    return List.of(waiting(), replacing);
  }

  /** The new run takes the earlier one's place. */
  void commit() throws IOException {
    Files.move(waiting(), replacing, StandardCopyOption.ATOMIC_MOVE);
    complete();
  }

  /** Ends a replacement that was begun; does nothing where there is none. */
  void complete() throws IOException {
    if (!Files.isDirectory(replacing)) {
      return;
    }
    Path cleared = replacing.resolve(CLEARED);
    if (!Files.exists(cleared) && Files.exists(replacing.resolve(RunFiles.MODEL))) {
      earlier.keepForeignConfig();
      for (String name : RunFiles.NAMES) {
        if (!Files.exists(replacing.resolve(name))) {
          earlier.delete(name);
        }
      }
      earlier.deleteCheckpoints();
      Files.createFile(cleared);
    }
    for (String name : RunFiles.NAMES) {
      moveIn(name);
    }
    for (Path checkpoint : new RunFiles(replacing).checkpoints()) {
      moveIn(RunFiles.CHECKPOINTS + "/" + checkpoint.getFileName());
    }
    deleteTree(replacing);
  }

  private void moveIn(String name) throws IOException {
    Path file = replacing.resolve(name);
    if (Files.exists(file)) {
      Path target = earlier.folder().resolve(name);
      Files.createDirectories(target.getParent());
      Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The new run is given up. */
  void discard() throws IOException {
    deleteTree(waiting());
  }

  private static void deleteTree(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : deepestFirst) {
          Files.delete(file);
        }
      }
    }
  }
}
