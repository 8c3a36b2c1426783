package io.github.repvgg4j.serve.model;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Which models are served.
 *
 * @param files a zip, or a folder of them
 * @param precision of the convolutions of all of them
 * @param convolutions which kernels compute them in FP32. {@link Convolutions#FASTEST} takes
 *     seconds to measure: what is loaded at the start answers with direct ones until then, and then
 *     changes its last digits once
 * @param poll how often files are looked at for changes; zero for never
 */
public record ModelOptions(
    Path files, Precision precision, Convolutions convolutions, Duration poll) {

  public ModelOptions {
    Objects.requireNonNull(files, "files");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(convolutions, "convolutions");
    if (poll.isNegative()) {
      throw new IllegalArgumentException("poll: 0 or more, got " + poll);
    }
  }
}
