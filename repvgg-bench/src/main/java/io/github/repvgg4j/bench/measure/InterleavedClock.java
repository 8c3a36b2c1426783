package io.github.repvgg4j.bench.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times several things in turns, so that a change of the machine's mood meets all of them. Before
 * each turn the machine rests, since other engines' threads spin for a while after their turn and
 * slow whoever comes next (ONNX Runtime's: by half); then the one whose turn it is warms up
 * (caches, clock frequency, its own threads) and then it counts. Before the first round each runs
 * alone for a tenth of the time, for Java's compiler.
 *
 * @param seconds stop after this long, but not before {@code minRounds}
 */
public record InterleavedClock(double seconds, int minRounds) {

  private static final double SLICE_MILLIS = 250;
  private static final long REST_MILLIS = 100;
  private static final double WARM_MILLIS = 30;

  /** Milliseconds of every timed call, sorted. */
  public record Times(double[] millis) {

    /** Half were faster. */
    public double median() {
      return quantile(0.5);
    }

    /** Linear between neighbours. */
    public double quantile(double share) {
      double place = share * (millis.length - 1);
      int below = (int) place;
      int above = Math.min(below + 1, millis.length - 1);
      return millis[below] + (place - below) * (millis[above] - millis[below]);
    }
  }

  /** One entry an entrant, in order. */
  public List<Times> run(List<Runnable> entrants) {
    List<List<Double>> samples = new ArrayList<>();
    entrants.forEach(e -> samples.add(new ArrayList<>()));
    entrants.forEach(this::warmUp);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < minRounds || System.nanoTime() < end; round++) {
      for (int i = 0; i < entrants.size(); i++) {
        slice(entrants.get(i), samples.get(i));
      }
    }
    return samples.stream().map(InterleavedClock::sorted).toList();
  }

  private void warmUp(Runnable entrant) {
    for (double spent = 0; spent < seconds * 100; ) {
      spent += time(entrant);
    }
  }

  private static void slice(Runnable entrant, List<Double> samples) {
    rest();
    double warm = time(entrant);
    for (double spent = warm; spent < WARM_MILLIS; spent += warm) {
      warm = time(entrant);
    }
    int calls = (int) Math.max(1, Math.min(10, SLICE_MILLIS / warm));
    for (int call = 0; call < calls; call++) {
      samples.add(time(entrant));
    }
  }

  private static void rest() {
    try {
      Thread.sleep(REST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  private static double time(Runnable entrant) {
    long start = System.nanoTime();
    entrant.run();
    return (System.nanoTime() - start) / 1e6;
  }

  private static Times sorted(List<Double> samples) {
    double[] millis = samples.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(millis);
    return new Times(millis);
  }
}
