package io.github.repvgg4j.train;

import java.util.function.LongSupplier;

/** Seconds of a run, earlier parts included. */
final class Clock {

  private final LongSupplier nanoTime;
  private long start;
  private double before;

  /**
   * @param nanoTime as {@link System#nanoTime} tells it
   */
  Clock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** The run has already taken so long. */
  void startAt(double seconds) {
    start = nanoTime.getAsLong();
    before = seconds;
  }

  double seconds() {
    return before + (nanoTime.getAsLong() - start) / 1e9;
  }
}
