package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.runtime.plan.WinogradRun.Key;
import java.util.Collection;
import java.util.List;
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

  /** The first one measured stays. */
  static void record(Key run, List<Long> nanosOfKernels) {
    FASTEST.putIfAbsent(run, fastest(nanosOfKernels));
  }

  private static Kernel fastest(List<Long> nanos) {
    Kernel fastest = Kernel.DIRECT;
    double least = WORTHWHILE * nanos.get(Kernel.DIRECT.ordinal());
    for (Kernel kernel : Kernel.values()) {
      if (nanos.get(kernel.ordinal()) < least) {
        least = nanos.get(kernel.ordinal());
        fastest = kernel;
      }
    }
    return fastest;
  }

  static Kernel of(Key run) {
    return FASTEST.getOrDefault(run, Kernel.DIRECT);
  }
}
