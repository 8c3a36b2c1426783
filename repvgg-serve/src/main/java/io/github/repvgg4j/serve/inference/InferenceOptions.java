package io.github.repvgg4j.serve.inference;

import java.time.Duration;

/**
 * What bounds the work inside.
 *
 * @param queueImages that are in the server at once; more are refused
 * @param deadline of a request that names none, which is the most that one may name
 * @param maxPixels of an image
 */
public record InferenceOptions(int queueImages, Duration deadline, long maxPixels) {

  public InferenceOptions {
    if (queueImages < 1) {
      throw new IllegalArgumentException("queue: 1 or more, got " + queueImages);
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline: more than 0, got " + deadline);
    }
    if (maxPixels < 1) {
      throw new IllegalArgumentException("max-pixels: 1 or more, got " + maxPixels);
    }
  }
}
