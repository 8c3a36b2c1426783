package io.github.repvgg4j.onednn.program;

import io.github.repvgg4j.onednn.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls in their order, and where their arrays lie. Any number of {@link Execution}s may run it at
 * once. Keeps the memory that it reads alive until it is closed.
 */
public final class Program implements AutoCloseable {

  private final List<Step> steps;
  private final MemoryPlan plan;
  private final int slots;
  private final List<Memory> shared = new ArrayList<>();

  Program(List<Step> steps, int slots) {
    this.steps = steps;
    this.slots = slots;
    this.plan = new MemoryPlan(steps);
    for (Step step : steps) {
      for (Tensor tensor : step.operands().values()) {
        if (tensor.place() instanceof Tensor.Fixed fixed) {
          shared.add(fixed.memory().share());
        }
      }
    }
  }

  List<Step> steps() {
    return steps;
  }

  MemoryPlan plan() {
    return plan;
  }

  int slots() {
    return slots;
  }

  /** How many calls. */
  public int size() {
    return steps.size();
  }

  /** What runs, call by call: what it is part of, its operation and oneDNN's code for it. */
  public List<String> code() {
    return steps.stream().map(step -> step.name() + ": " + step.primitive()).toList();
  }

  /** Memory of one execution. */
  public long bytes() {
    return plan.bytes();
  }

  /** Only when no execution runs. */
  @Override
  public void close() {
    steps.forEach(step -> step.primitive().close());
    shared.forEach(Memory::close);
    shared.clear();
  }
}
