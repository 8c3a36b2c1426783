package io.github.repvgg4j.serve.batch;

import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The images that wait for one network, by size. All of it under its {@link Scheduler}'s lock. */
public final class ModelQueue {

  private final Computer computer;
  private final int cores;
  private final Map<InputShape, Deque<Row>> waiting = new LinkedHashMap<>();
  private final Map<InputShape, Strategy> strategies = new HashMap<>();
  private int running;

  ModelQueue(Computer computer, int cores) {
    this.computer = computer;
    this.cores = cores;
  }

  Computer computer() {
    return computer;
  }

  void add(Row row) {
    waiting.computeIfAbsent(row.shape(), shape -> new ArrayDeque<>()).add(row);
  }

  Strategy strategy(InputShape shape) {
    return strategies.getOrDefault(shape, Strategy.unmeasured(cores));
  }

  void strategy(InputShape shape, Strategy measured) {
    strategies.put(shape, measured);
  }

  /** The oldest of each size, without those that nobody waits for. */
  List<Row> heads() {
    List<Row> heads = new ArrayList<>();
    for (Iterator<Deque<Row>> sizes = waiting.values().iterator(); sizes.hasNext(); ) {
      Deque<Row> rows = sizes.next();
      while (!rows.isEmpty() && rows.peek().settled()) {
        rows.poll();
      }
      if (rows.isEmpty()) {
        sizes.remove(); // strangers' sizes must not pile up
      } else {
        heads.add(rows.peek());
      }
    }
    return heads;
  }

  int waiting(InputShape shape) {
    Deque<Row> rows = waiting.get(shape);
    return rows == null ? 0 : rows.size();
  }

  /** Takes up to this many from the front. */
  List<Row> take(InputShape shape, int count) {
    Deque<Row> rows = waiting.get(shape);
    List<Row> taken = new ArrayList<>();
    while (taken.size() < count && !rows.isEmpty()) {
      Row row = rows.poll();
      if (!row.settled()) {
        taken.add(row);
      }
    }
    return taken;
  }

  boolean mayRun() {
    return running < computer.callers(cores);
  }

  void started() {
    running++;
  }

  void finished() {
    running--;
  }

  /** All that wait. */
  int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }
}
