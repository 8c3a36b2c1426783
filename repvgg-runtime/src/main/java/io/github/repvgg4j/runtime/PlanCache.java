package io.github.repvgg4j.runtime;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The plans of the last few input shapes; one in use is closed only when its last user is done. */
final class PlanCache implements AutoCloseable {

  /** A batch of images of one size; the channels are the network's. */
  record Key(int batch, int channels, int height, int width) {}

  private final int capacity;
  private final Function<Key, Plan> planner;
  private final LinkedHashMap<Key, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Plan, Integer> users = new HashMap<>();
  private final Set<Plan> evicted = new HashSet<>();

  PlanCache(int capacity, Function<Key, Plan> planner) {
    this.capacity = capacity;
    this.planner = planner;
  }

  /** The plan of a shape, made now if it is new; {@link #release} it afterwards. */
  synchronized Plan acquire(Key key) {
    Plan plan = plans.get(key);
    if (plan == null) {
      plan = planner.apply(key);
      plans.put(key, plan);
      evictOldest();
    }
    users.merge(plan, 1, Integer::sum);
    return plan;
  }

  private void evictOldest() {
    if (plans.size() > capacity) {
      Plan oldest = plans.remove(plans.keySet().iterator().next());
      if (users.containsKey(oldest)) {
        evicted.add(oldest);
      } else {
        oldest.close();
      }
    }
  }

  synchronized void release(Plan plan) {
    int left = users.merge(plan, -1, Integer::sum);
    if (left == 0) {
      users.remove(plan);
      if (evicted.remove(plan)) {
        plan.close();
      }
    }
  }

  synchronized long scratchBytes() {
    return plans.values().stream().mapToLong(Plan::scratchBytes).sum();
  }

  /** Only when no plan is in use. */
  @Override
  public synchronized void close() {
    plans.values().forEach(Plan::close);
    plans.clear();
  }
}
