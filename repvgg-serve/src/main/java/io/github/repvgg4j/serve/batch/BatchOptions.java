package io.github.repvgg4j.serve.batch;

import java.time.Duration;

/**
 * How images are put together.
 *
 * @param cores that computing and decoding share
 * @param delay what an image waits for others at most, while others are on their way
 * @param largestBatch that is tried; 1 for none
 */
public record BatchOptions(int cores, Duration delay, int largestBatch) {

  /** A larger batch is faster nowhere. */
  public static final int MAX_BATCH = 256;

  public BatchOptions {
    if (cores < 1) {
      throw new IllegalArgumentException("threads: 1 or more, got " + cores);
    }
    if (delay.isNegative() || delay.toSeconds() >= 60) {
      throw new IllegalArgumentException("batch-delay: 0 to 60 s, got " + delay);
    }
    if (largestBatch < 1 || largestBatch > MAX_BATCH) {
      throw new IllegalArgumentException("max-batch: 1 to " + MAX_BATCH + ", got " + largestBatch);
    }
  }
}
