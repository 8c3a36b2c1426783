package io.github.repvgg4j.data.load;

import java.util.ArrayList;
import java.util.List;

/**
 * How the images of an epoch are cut into batches, in their order.
 *
 * @param runs batches of one size that follow one another
 */
public record BatchPlan(List<Run> runs) {

  /**
   * @param batches so many
   * @param size images each
   */
  public record Run(int batches, int size) {}

  public BatchPlan {
    List<Run> joined = new ArrayList<>();
    for (Run run : runs) {
      Run last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null && last.size == run.size) {
        joined.set(joined.size() - 1, new Run(last.batches + run.batches, run.size));
      } else {
        joined.add(run);
      }
    }
    runs = List.copyOf(joined);
  }

  /** Batches of one size. */
  public static BatchPlan of(int batches, int size) {
    return new BatchPlan(List.of(new Run(batches, size)));
  }

  public int batches() {
    return runs.stream().mapToInt(Run::batches).sum();
  }

  /** Images in all batches. */
  public int images() {
    return before(batches());
  }

  /** Images of the batches before this one, which may be one past the last. */
  public int before(int batch) {
    int images = 0;
    int left = batch;
    for (Run run : runs) {
      int these = Math.min(left, run.batches);
      images += these * run.size;
      left -= these;
    }
    return images;
  }

  /** Images of one batch. */
  public int size(int batch) {
    return before(batch + 1) - before(batch);
  }
}
