package io.github.repvgg4j.train.run;

import io.github.repvgg4j.archive.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * A run's event file for TensorBoard, which follows a file by what is added at its end; so that,
 * and nothing else, is done where the file holds the beginning of what it is to hold. After a
 * resume from an older checkpoint, or a write that was cut off, it is made anew: no epoch stands
 * there twice, and none after one that came later.
 *
 * @param path need not exist
 */
record EventFile(Path path) {

  private static final double MILLIS = 1000;

  /**
   * @param metrics of all epochs so far
   */
  void write(List<EpochMetrics> metrics) throws IOException {
    byte[] old = Files.isRegularFile(path) ? Files.readAllBytes(path) : new byte[0];
    double begun =
        System.currentTimeMillis() / MILLIS
            - (metrics.isEmpty() ? 0 : metrics.get(metrics.size() - 1).seconds());
    byte[] now = TensorBoardEvents.of(metrics, TensorBoardEvents.start(old).orElse(begun));
    boolean begins =
        old.length > 0
            && old.length <= now.length
            && Arrays.equals(old, 0, old.length, now, 0, old.length);
    if (!begins) {
      AtomicFile.write(path, now);
    } else if (old.length < now.length) {
      Files.write(path, Arrays.copyOfRange(now, old.length, now.length), StandardOpenOption.APPEND);
    }
  }
}
