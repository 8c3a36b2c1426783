package io.github.repvgg4j.train;

import io.github.repvgg4j.machine.TemporaryFiles;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.DataConfig;
import io.github.repvgg4j.train.config.Overrides;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A job of which only a picture is wanted: its file need not name a run's folder, and what is
 * generated for it is gone when this is closed.
 */
record RunlessJob(TrainConfig config, Path temporary) implements Closeable {

  /**
   * @param data where the images are, instead of what the file says; may be null
   * @throws ConfigException one line: file, key path, fault, what is allowed, line
   */
  static RunlessJob read(Path file, Path data) throws IOException {
    Path temporary = TemporaryFiles.folder("repvgg-job");
    try {
      Overrides overrides =
          new Overrides(
              Optional.ofNullable(data).map(Path::toString), Optional.of(temporary.toString()));
      TrainConfig job = ConfigFiles.read(JobFile.find(file), overrides);
      DataConfig images = job.data();
      return new RunlessJob(
          images.generated() == null ? job : job.withData(images.withPath(null)), temporary);
    } catch (RuntimeException e) {
      Files.delete(temporary);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
