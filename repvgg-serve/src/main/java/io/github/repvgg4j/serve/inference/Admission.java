package io.github.repvgg4j.serve.inference;

import java.time.Duration;

/**
 * The bound on images that are in the server at once: by number, and by how long a new one would
 * wait for them. The latter is known from the speed of the last ones, measured from one answer to
 * the next while all cores are busy.
 */
final class Admission {

  /** Share of the newest time in the average. */
  private static final double NEWEST = 1 / 32.0;

  /** Times the average, which is what counts of a time in which the machine stood still. */
  private static final double MOST = 8;

  /** So many a core always come in: a network that takes long is served all the same, and timed. */
  private static final int FREE = 2;

  private final int limit;
  private final long maxWaitNanos;
  private final int cores;
  private int inside;
  private double nanosEach;

  /** Whether those that stayed when images left could keep all cores busy. */
  private boolean busy;

  private long lastAnswer;

  /**
   * @param cores that images are computed on
   */
  Admission(int limit, Duration maxWait, int cores) {
    this.limit = limit;
    this.maxWaitNanos = maxWait.toNanos();
    this.cores = cores;
  }

  /** Lets so many in, or none. */
  synchronized boolean enter(int images) {
    boolean soon = inside < FREE * cores || inside * nanosEach <= maxWaitNanos;
    if (inside + images > limit || !soon) {
      return false;
    }
    inside += images;
    return true;
  }

  /** Some gave up, or can't be computed. */
  synchronized void failed(int images) {
    inside -= images;
    busy &= inside >= cores;
  }

  /**
   * Some have an answer, which says how fast that goes.
   *
   * @param now of {@link System#nanoTime}
   */
  synchronized void answered(int images, long now) {
    if (busy) {
      double each = (now - lastAnswer) / (double) images;
      nanosEach += nanosEach == 0 ? each : NEWEST * (Math.min(each, MOST * nanosEach) - nanosEach);
    }
    inside -= images;
    busy = inside >= cores;
    lastAnswer = now;
  }

  int limit() {
    return limit;
  }

  synchronized int inside() {
    return inside;
  }
}
