package io.github.repvgg4j.data.load;

import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.set.ImageSplit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The images of an epoch, in the order in which they are trained.
 *
 * @param images their indices
 * @param draws what their augmentation is drawn by: another number for each visit of an image
 */
@SuppressWarnings("ArrayRecordComponent")
record Visits(int[] images, int[] draws) {

  /** For each class the next number of a mixed sequence (SplitMix64's), so that orders differ. */
  private static final long CLASS_SEED = 0x9e3779b97f4a7c15L;

  int size() {
    return images.length;
  }

  /** Each image once, in order. */
  static Visits sequential(int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    return new Visits(order, order);
  }

  /** Each image once, in an order of (seed, epoch). */
  static Visits shuffled(long seed, int epoch, int size) {
    int[] order = Draw.permutation(seed, epoch, size);
    return new Visits(order, order);
  }

  /**
   * Each class as often as the others, to one visit. A class goes through its images in a shuffled
   * order, then in another, and on from there in the next epoch, so that over a run each of its
   * images is seen as often as the others, to one visit.
   *
   * <p>Of {@code length} visits an epoch and K classes, class c has had {@code floor((epoch length
   * + c) / K)} before an epoch begins; these add up to {@code epoch length} (Hermite's identity),
   * so nothing needs to be remembered between epochs.
   *
   * @param byClass indices of each class's images; none is empty
   * @param length visits of an epoch
   */
  static Visits balanced(long seed, int epoch, List<int[]> byClass, int length) {
    int classes = byClass.size();
    int[] drawn = new int[length];
    int[] draws = new int[length];
    int images = byClass.stream().mapToInt(some -> some.length).sum();
    BitSet seen = new BitSet(images);
    int at = 0;
    for (int c = 0; c < classes; c++) {
      int[] own = byClass.get(c);
      long from = Math.floorDiv((long) epoch * length + c, classes);
      long to = Math.floorDiv((epoch + 1L) * length + c, classes);
      long cycle = -1;
      int[] order = null;
      for (long visit = from; visit < to; visit++) {
        if (visit / own.length != cycle) {
          cycle = visit / own.length;
          order = Draw.permutation(seed + (c + 1) * CLASS_SEED, (int) cycle, own.length);
        }
        drawn[at] = own[order[(int) (visit % own.length)]];
        draws[at] = seen.get(drawn[at]) ? images + at : drawn[at];
        seen.set(drawn[at++]);
      }
    }
    return new Visits(drawn, draws).inOrder(Draw.permutation(seed, epoch, length));
  }

  private Visits inOrder(int[] order) {
    int[] sortedImages = new int[order.length];
    int[] sortedDraws = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      sortedImages[i] = images[order[i]];
      sortedDraws[i] = draws[order[i]];
    }
    return new Visits(sortedImages, sortedDraws);
  }

  /** Indices of each class's images. */
  static List<int[]> byClass(ImageSplit split, int classes) {
    int[] counts = new int[classes];
    for (int i = 0; i < split.size(); i++) {
      counts[split.label(i)]++;
    }
    List<int[]> byClass = new ArrayList<>();
    for (int count : counts) {
      byClass.add(new int[count]);
    }
    for (int i = split.size() - 1; i >= 0; i--) {
      byClass.get(split.label(i))[--counts[split.label(i)]] = i;
    }
    return byClass;
  }
}
