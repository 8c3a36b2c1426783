package io.github.repvgg4j.train;

/** Seconds of a run, earlier parts included. */
final class Clock {

  private long start = System.nanoTime();
  private double before;

  /** The run has already taken so long. */
  void startAt(double seconds) {
    start = System.nanoTime();
    before = seconds;
  }

  double seconds() {
    return before + (System.nanoTime() - start) / 1e9;
  }
}
