package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.onednn.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Which models are served.
 *
 * @param files a zip, or a folder of them
 * @param precision of the convolutions of all of them
 * @param poll how often files are looked at for changes; zero for never
 */
public record ModelOptions(Path files, Precision precision, Duration poll) {

  public ModelOptions {
    Objects.requireNonNull(files, "files");
    Objects.requireNonNull(precision, "precision");
    if (poll.isNegative()) {
      throw new IllegalArgumentException("poll: 0 or more, got " + poll);
    }
  }
}
