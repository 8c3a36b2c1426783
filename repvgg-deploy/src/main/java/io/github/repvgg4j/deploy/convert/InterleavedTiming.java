package io.github.repvgg4j.deploy.convert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Times two tasks in turns, so that whatever else the machine does meets both alike.
 *
 * @param rounds calls of each that were timed
 * @param firstMillis median of the first task
 * @param secondMillis median of the second task
 */
record InterleavedTiming(int rounds, double firstMillis, double secondMillis) {

  private static final int WARM_UP = 5;
  private static final int FEWEST = 3;
  private static final Duration BUDGET = Duration.ofSeconds(10);

  /** At most {@code rounds} calls of each, fewer (3 at least) where 10 seconds are over. */
  static InterleavedTiming of(int rounds, Runnable first, Runnable second) {
    long end = System.nanoTime() + BUDGET.toNanos();
    for (int i = 0; i < WARM_UP && System.nanoTime() < end; i++) {
      first.run();
      second.run();
    }
    List<Double> a = new ArrayList<>();
    List<Double> b = new ArrayList<>();
    for (int i = 0; i < rounds && (i < FEWEST || System.nanoTime() < end); i++) {
      a.add(millis(first));
      b.add(millis(second));
    }
    return new InterleavedTiming(a.size(), median(a), median(b));
  }

  private static double millis(Runnable task) {
    long start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e6;
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
