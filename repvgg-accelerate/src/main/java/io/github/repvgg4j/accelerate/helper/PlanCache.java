package io.github.repvgg4j.accelerate.helper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The plans of a layer for the few input shapes seen last. */
final class PlanCache<P> {

  private static final int LIMIT = 4;

  private final Map<List<Object>, P> plans =
      new LinkedHashMap<>(8, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, P> eldest) {
          return size() > LIMIT;
        }
      };

  P get(List<Object> key, Supplier<P> make) {
    return plans.computeIfAbsent(key, unused -> make.get());
  }
}
