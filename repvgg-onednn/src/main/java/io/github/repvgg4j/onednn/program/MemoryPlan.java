package io.github.repvgg4j.onednn.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each buffer of a program lies within one piece of memory. Two buffers share a place where
 * no call needs both: largest first, each at the lowest place that is free while it lives
 * (Pisarchyk and Lee, arXiv 2001.03288, "greedy by size").
 */
final class MemoryPlan {

  /**
   * A page. Arrays then begin alike within their pages, so that no load of one looks to the CPU
   * like a store to another just before it.
   */
  private static final long ALIGNMENT = 4096;

  /** A vector register's worth: oneDNN 2.5.2 has primitives that write a little too far. */
  private static final long SLACK_BYTES = 64;

  private final Map<Tensor.Buffer, Placed> places = new HashMap<>();
  private long bytes;

  /** A buffer's life, from the first call that names it to the last. */
  private record Life(Tensor.Buffer buffer, int first, int last) {

    private Life until(int step) {
      return new Life(buffer, first, step);
    }

    private long size() {
      return (buffer.bytes() + SLACK_BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
  }

  private record Placed(Life life, long offset) {

    private long end() {
      return offset + life.size();
    }

    private boolean meets(Life other) {
      return life.first <= other.last && other.first <= life.last;
    }
  }

  MemoryPlan(List<Step> steps) {
    List<Placed> byOffset = new ArrayList<>();
    for (Life life : largestFirst(steps)) {
      long offset = 0;
      for (Placed other : byOffset) {
        if (other.meets(life)) {
          if (offset + life.size() <= other.offset) {
            break;
          }
          offset = Math.max(offset, other.end());
        }
      }
      Placed placed = new Placed(life, offset);
      places.put(life.buffer, placed);
      byOffset.add(placed);
      byOffset.sort(Comparator.comparingLong(Placed::offset));
      bytes = Math.max(bytes, placed.end());
    }
  }

  private static List<Life> largestFirst(List<Step> steps) {
    Map<Tensor.Buffer, Life> lives = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      int step = i;
      for (Tensor tensor : steps.get(i).operands().values()) {
        if (tensor.place() instanceof Tensor.Buffer buffer) {
          lives.merge(buffer, new Life(buffer, step, step), (life, now) -> life.until(step));
        }
      }
    }
    List<Life> sorted = new ArrayList<>(lives.values());
    sorted.sort(
        Comparator.comparingLong((Life life) -> life.size())
            .reversed()
            .thenComparingInt(life -> life.buffer.number()));
    return sorted;
  }

  long offset(Tensor.Buffer buffer) {
    return places.get(buffer).offset;
  }

  /** Of the whole piece. */
  long bytes() {
    return bytes;
  }
}
