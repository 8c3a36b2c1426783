package io.github.repvgg4j.serve.inference;

import java.time.Duration;

/**
 * What bounds the work inside.
 *
 * @param queueImages that are in the server at once; more are refused
 * @param maxWait that a new image has before it, by the speed of the last ones; where it would be
 *     more, it is refused at once
 * @param deadline of a request that names none, which is the most that one may name
 * @param maxPixels of an image
 */
public record InferenceOptions(
    int queueImages, Duration maxWait, Duration deadline, long maxPixels) {

  public InferenceOptions {
    if (queueImages < 1) {
      throw new IllegalArgumentException("queue: 1 or more, got " + queueImages);
    }
    if (maxWait.isNegative() || maxWait.isZero()) {
      throw new IllegalArgumentException("max-wait: more than 0, got " + maxWait);
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline: more than 0, got " + deadline);
    }
    if (maxPixels < 1) {
      throw new IllegalArgumentException("max-pixels: 1 or more, got " + maxPixels);
    }
  }
}
