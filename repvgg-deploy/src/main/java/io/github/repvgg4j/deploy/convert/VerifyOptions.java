package io.github.repvgg4j.deploy.convert;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a fast zip is held against.
 *
 * @param against the training zip; empty: the one kept inside the fast zip, if any
 * @param data images to measure on; empty: the random numbers that convert uses
 * @param bounds what is said of the fast runtime's rounding
 */
public record VerifyOptions(Optional<Path> against, Optional<Path> data, LogitBounds bounds) {

  /** Whether it is derived how far rounding can take logits, which no fault comes of. */
  public enum LogitBounds {
    LEFT_OUT,
    /** Takes seconds for a large network. */
    DERIVED
  }
}
