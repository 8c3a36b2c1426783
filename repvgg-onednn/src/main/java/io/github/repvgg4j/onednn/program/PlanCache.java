package io.github.repvgg4j.onednn.program;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The plans of the last few shapes; one in use is closed only when its last user is done. New
 * shapes are planned one after another, each once; meanwhile whoever has a planned shape goes on.
 *
 * @param <K> what tells shapes apart
 * @param <E> why there may be no plan for a shape
 */
public final class PlanCache<K, P extends Plan, E extends Exception> implements AutoCloseable {

  /** Makes a plan. */
  @FunctionalInterface
  public interface Planner<K, P, E extends Exception> {
    P plan(K shape) throws E;
  }

  private final int capacity;
  private final Planner<K, P, E> planner;
  private final LinkedHashMap<K, P> plans = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<P, Integer> users = new HashMap<>();
  private final Set<P> evicted = new HashSet<>();
  private final Lock planning = new ReentrantLock();

  public PlanCache(int capacity, Planner<K, P, E> planner) {
    this.capacity = capacity;
    this.planner = planner;
  }

  /** Runs with the plan of a shape, made now if it is new. */
  public void use(K shape, Consumer<P> use) throws E {
    P plan = acquire(shape);
    try {
      use.accept(plan);
    } finally {
      release(plan);
    }
  }

  private P acquire(K shape) throws E {
    P known = taken(shape);
    if (known != null) {
      return known;
    }
    planning.lock();
    try {
      P meanwhile = taken(shape);
      return meanwhile != null ? meanwhile : added(shape, planner.plan(shape));
    } finally {
      planning.unlock();
    }
  }

  /** Null where the shape is new. */
  private synchronized P taken(K shape) {
    P plan = plans.get(shape);
    if (plan != null) {
      users.merge(plan, 1, Integer::sum);
    }
    return plan;
  }

  private synchronized P added(K shape, P plan) {
    plans.put(shape, plan);
    evictOldest();
    users.merge(plan, 1, Integer::sum);
    return plan;
  }

  private void evictOldest() {
    if (plans.size() > capacity) {
      P oldest = plans.remove(plans.keySet().iterator().next());
      if (users.containsKey(oldest)) {
        evicted.add(oldest);
      } else {
        oldest.close();
      }
    }
  }

  private synchronized void release(P plan) {
    if (users.merge(plan, -1, Integer::sum) == 0) {
      users.remove(plan);
      if (evicted.remove(plan)) {
        plan.close();
      }
    }
  }

  /** Memory that the plans hold between runs. */
  public synchronized long bytes() {
    return plans.values().stream().mapToLong(Plan::bytes).sum();
  }

  /** Forgets all plans; only when none is in use. */
  @Override
  public synchronized void close() {
    plans.values().forEach(Plan::close);
    plans.clear();
  }
}
