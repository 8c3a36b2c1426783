package io.github.repvgg4j.serve.batch;

/**
 * A way to compute many images.
 *
 * @param batch images in one call
 * @param threads cores of one call; as many calls run at once as the cores allow
 */
public record Pace(int batch, int threads) {

  public Pace {
    if (batch < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "pace: a batch and threads of 1 or more, got " + batch + " and " + threads);
    }
  }

  /** Calls at once. */
  int callers(int cores) {
    return Math.max(1, cores / threads);
  }
}
