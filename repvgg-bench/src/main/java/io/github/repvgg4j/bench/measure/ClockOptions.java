package io.github.repvgg4j.bench.measure;

import picocli.CommandLine.Option;

/** How long a command measures. */
public final class ClockOptions {

  private static final int QUICK_ROUNDS = 3;

  private final int minRounds;

  @Option(names = "--seconds", description = "For each table or point (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--quick", description = "Three rounds, for a first look.")
  private boolean quick;

  /**
   * What holds where nothing is said.
   *
   * @param minRounds also where they take longer than {@code seconds}
   */
  public ClockOptions(double seconds, int minRounds) {
    this.seconds = seconds;
    this.minRounds = minRounds;
  }

  /** The clock that was asked for. */
  public InterleavedClock clock() {
    return quick ? new InterleavedClock(0, QUICK_ROUNDS) : new InterleavedClock(seconds, minRounds);
  }
}
