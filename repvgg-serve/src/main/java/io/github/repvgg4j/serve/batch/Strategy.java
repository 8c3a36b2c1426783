package io.github.repvgg4j.serve.batch;

import java.util.List;
import java.util.Optional;

/**
 * What runs next of images of one size, by what was measured.
 *
 * @param cores of the machine
 * @param best pace where there are many
 * @param batches sizes that are planned on all cores, ascending, 1 first
 * @param leastThreads that one image is planned on
 */
record Strategy(int cores, Pace best, List<Integer> batches, int leastThreads) {

  Strategy {
    batches = List.copyOf(batches);
  }

  /** Before anything was measured: one image after the other, each on all cores. */
  static Strategy unmeasured(int cores) {
    return new Strategy(cores, new Pace(1, cores), List.of(1), cores);
  }

  /**
   * What to run now.
   *
   * @param waiting images, 1 or more
   * @param idle whether nothing else runs and nothing is on its way
   * @param delayed whether the oldest has waited for others as long as it may
   * @return empty where it is worth waiting for others
   */
  Optional<Pace> next(int waiting, boolean idle, boolean delayed) {
    if (best.batch() == 1) {
      return Optional.of(waiting == 1 && idle ? new Pace(1, cores) : best);
    }
    if (waiting >= best.batch()) {
      return Optional.of(best);
    }
    return idle || delayed ? Optional.of(new Pace(planned(waiting), cores)) : Optional.empty();
  }

  /** The same on fewer cores, where a single image would have to wait for all of them. */
  Pace within(Pace pace, int free) {
    return pace.batch() == 1 && pace.threads() > free && leastThreads <= free
        ? new Pace(1, leastThreads)
        : pace;
  }

  /** The largest planned batch that this many fill. */
  private int planned(int waiting) {
    int largest = 1;
    for (int batch : batches) {
      if (batch <= waiting) {
        largest = batch;
      }
    }
    return largest;
  }
}
