package io.github.repvgg4j.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.data.load.BatchPlan.Run;
import java.util.List;
import org.junit.jupiter.api.Test;

class CourseTest {

  /** Updates of two batches, the last of an epoch of one: three an epoch of five batches. */
  @Test
  void costOfAnUpdateThatIsShorterThanOthers() {
    Course course = Course.uniform(5, 4, 2);
    assertThat(course.costOf(1.5)).isEqualTo(3);
    assertThat(course.costOf(2.5)).isEqualTo(4.5);
    assertThat(course.costOf(3)).isEqualTo(5);
    assertThat(course.costOf(12)).isEqualTo(20);
    assertThat(Course.uniform(5, 4, 50).costOf(0.4)).isEqualTo(2);
  }

  /** 103 images: 10 a batch for two epochs and a half, then 20, two batches an update. */
  private static final Course GROWING =
      Course.of(
          new Course.Extent(103, 4, 2),
          (epoch, update) -> epoch < 2.5 ? 10 : 20,
          epoch -> epoch == 0 ? 0.25 : 1);

  @Test
  void batchesGrowBetweenUpdates() {
    assertThat(GROWING.plan(0)).isEqualTo(BatchPlan.of(10, 10));
    assertThat(GROWING.plan(1)).isEqualTo(BatchPlan.of(10, 10));
    // The update that begins at 40 of 103 images is the last of the smaller ones: it ends at 60.
    assertThat(GROWING.plan(2)).isEqualTo(new BatchPlan(List.of(new Run(6, 10), new Run(2, 20))));
    assertThat(GROWING.plan(3)).isEqualTo(BatchPlan.of(5, 20));
    assertThat(GROWING.plan(9)).isEqualTo(BatchPlan.of(5, 20));
    assertThat(GROWING.updates()).isEqualTo(5 + 5 + 4 + 3);
    assertThat(GROWING.updatesPerEpoch()).isEqualTo(17 / 4.0);
  }

  @Test
  void epochsAndUpdatesAreTurnedIntoOneAnother() {
    assertThat(GROWING.updatesIn(0)).isEqualTo(0);
    assertThat(GROWING.updatesIn(2)).isEqualTo(10);
    assertThat(GROWING.updatesIn(2.5)).isEqualTo(12);
    assertThat(GROWING.updatesIn(4)).isEqualTo(17);
    assertThat(GROWING.updatesIn(5)).isEqualTo(20);
    assertThat(GROWING.epochsIn(12)).isCloseTo(2.5, within(1e-12));
    assertThat(GROWING.epochsIn(17)).isCloseTo(4, within(1e-12));
    assertThat(GROWING.epoch(9)).isEqualTo(1);
    assertThat(GROWING.epoch(10)).isEqualTo(2);
    assertThat(GROWING.epoch(100)).isEqualTo(3);
  }

  @Test
  void costsAreImagesTimesWhatOneTakes() {
    assertThat(GROWING.costOf(5)).isEqualTo(25);
    assertThat(GROWING.costOf(10)).isEqualTo(125);
    assertThat(GROWING.costOf(10.5)).isEqualTo(135);
    assertThat(GROWING.costOf(14)).isEqualTo(225);
    assertThat(GROWING.costOf(15.25)).isEqualTo(225 + 50);
    assertThat(GROWING.costOf(17)).isEqualTo(325);
    assertThat(GROWING.costOf(18)).isEqualTo(325);
  }

  @Test
  void aRunAtItsOwnPaceHasTheSizesOfTheRecipesUpdates() {
    assertThat(GROWING.plan(10, Pace.AS_PLANNED)).isEqualTo(GROWING.plan(2));
    // Twice as fast: update 3 of the run is update 6 of the recipe, and so on.
    Pace fast = (update, known) -> 2 * update;
    assertThat(GROWING.plan(0, fast)).isEqualTo(BatchPlan.of(10, 10));
    assertThat(GROWING.plan(5, fast))
        .isEqualTo(new BatchPlan(List.of(new Run(4, 10), new Run(3, 20))));
    // What is decided after the epoch began does not change its batches.
    Pace decided = (update, known) -> known < 6 ? update : 2 * update;
    assertThat(GROWING.plan(5, decided)).isEqualTo(GROWING.plan(1));
  }

  @Test
  void iterationsAreUpdates() {
    Course course =
        Course.of(new Course.Extent(40, 3, 1), (epoch, update) -> update < 6 ? 8 : 16, epoch -> 1);
    assertThat(course.plan(0)).isEqualTo(BatchPlan.of(5, 8));
    assertThat(course.plan(1)).isEqualTo(new BatchPlan(List.of(new Run(1, 8), new Run(2, 16))));
    assertThat(course.plan(2)).isEqualTo(BatchPlan.of(2, 16));
    assertThat(course.updates()).isEqualTo(10);
  }

  @Test
  void fewerImagesThanABatchAreOne() {
    Course course =
        Course.of(new Course.Extent(12, 2, 1), (epoch, update) -> epoch < 1 ? 8 : 16, epoch -> 1);
    assertThat(course.plan(0)).isEqualTo(BatchPlan.of(1, 8));
    assertThat(course.plan(1)).isEqualTo(BatchPlan.of(1, 12));
  }

  @Test
  void uniformCoursesAreMultiples() {
    Course course = Course.uniform(7, 10, 2);
    assertThat(course.updates()).isEqualTo(40);
    assertThat(course.updatesIn(2.3)).isEqualTo(Math.round(2.3 * 4));
    assertThat(course.updatesIn(12)).isEqualTo(48);
  }
}
