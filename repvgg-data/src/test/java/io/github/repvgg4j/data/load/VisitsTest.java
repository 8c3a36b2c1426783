package io.github.repvgg4j.data.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each class equally often, and of each class each image equally often. */
class VisitsTest {

  private static final List<int[]> CLASSES =
      List.of(range(0, 70), range(70, 77), range(77, 78), range(78, 100));
  private static final int LENGTH = 98;

  @Test
  void eachClassIsVisitedEquallyOftenInEachEpochAndOverAll() {
    int[] all = new int[4];
    for (int epoch = 0; epoch < 40; epoch++) {
      int[] counts = counts(Visits.balanced(3, epoch, CLASSES, LENGTH).images());
      for (int c = 0; c < 4; c++) {
        assertThat(counts[c]).as("class %d in epoch %d", c, epoch).isBetween(24, 25);
        all[c] += counts[c];
      }
      assertThat(IntStream.of(counts).sum()).isEqualTo(LENGTH);
    }
    assertThat(IntStream.of(all).max().orElseThrow() - IntStream.of(all).min().orElseThrow())
        .isLessThanOrEqualTo(1);
  }

  @Test
  void eachImageOfAClassIsVisitedEquallyOften() {
    int[] visits = new int[100];
    for (int epoch = 0; epoch < 17; epoch++) {
      for (int image : Visits.balanced(5, epoch, CLASSES, LENGTH).images()) {
        visits[image]++;
      }
      for (int[] own : CLASSES) {
        int[] counts = IntStream.of(own).map(i -> visits[i]).sorted().toArray();
        assertThat(counts[counts.length - 1] - counts[0]).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void visitsOfOneImageAreDrawnDifferently() {
    Visits visits = Visits.balanced(7, 2, CLASSES, LENGTH);
    Set<Integer> draws = new HashSet<>();
    IntStream.of(visits.draws()).forEach(draws::add);
    assertThat(draws).hasSize(LENGTH);
  }

  @Test
  void orderFollowsFromSeedAndEpochAlone() {
    Visits visits = Visits.balanced(7, 2, CLASSES, LENGTH);
    assertThat(Visits.balanced(7, 2, CLASSES, LENGTH).images()).isEqualTo(visits.images());
    assertThat(Visits.balanced(7, 3, CLASSES, LENGTH).images()).isNotEqualTo(visits.images());
    assertThat(Visits.balanced(8, 2, CLASSES, LENGTH).images()).isNotEqualTo(visits.images());
    assertThat(Arrays.stream(visits.images()).limit(20).map(VisitsTest::classOf).distinct().count())
        .as("classes are mixed")
        .isGreaterThan(2);
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private static int classOf(int image) {
    return image < 70 ? 0 : image < 77 ? 1 : image < 78 ? 2 : 3;
  }

  private static int[] counts(int[] images) {
    int[] counts = new int[4];
    IntStream.of(images).forEach(image -> counts[classOf(image)]++);
    return counts;
  }
}
