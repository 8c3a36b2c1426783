package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.runtime.plan.WinogradRun.Key;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What was measured in this process, so that a shape gets the same kernel, and bits, again. */
final class MeasuredKernels {

  /** Beyond that many, shapes not seen before stay direct. */
  private static final int MOST = 10_000;

  /** Share of the direct kernel's time below which another is taken. */
  private static final double WORTHWHILE = 0.97;

  private static final Map<Key, Kernel> FASTEST = new ConcurrentHashMap<>();

  private MeasuredKernels() {}

  /** Whether one of them is new, and may still be measured. */
  static boolean lacks(Collection<Key> runs) {
    return FASTEST.size() < MOST && !FASTEST.keySet().containsAll(runs);
  }

  /**
   * The first one measured stays.
   *
   * @param nanos of the direct kernel and of others
   */
  static void record(Key run, Map<Kernel, Long> nanos) {
    FASTEST.putIfAbsent(run, fastest(nanos));
  }

  private static Kernel fastest(Map<Kernel, Long> nanos) {
    Kernel fastest = Kernel.DIRECT;
    double least = WORTHWHILE * nanos.get(Kernel.DIRECT);
    for (Map.Entry<Kernel, Long> other : nanos.entrySet()) {
      if (other.getValue() < least) {
        least = other.getValue();
        fastest = other.getKey();
      }
    }
    return fastest;
  }

  static Kernel of(Key run) {
    return FASTEST.getOrDefault(run, Kernel.DIRECT);
  }
}
