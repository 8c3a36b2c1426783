package io.github.repvgg4j.train;

import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.optim.Course;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a user should hear of a job before it begins. */
final class JobNotes {

  /** Images a class below which a network should not begin from nothing. */
  private static final int FEW_IMAGES = 200;

  private JobNotes() {}

  /**
   * A line each.
   *
   * @return may be added to
   * @throws IOException the source model can't be read
   */
  static List<String> of(TrainConfig config, ImageData data, Course course) throws IOException {
    TrainingConfig recipe = config.training();
    List<String> notes = new ArrayList<>(data.notes());
    int each = data.train().size() / data.labels().size();
    if (each < FEW_IMAGES && recipe.fineTune() == null) {
      notes.add(
          "few images ("
              + each
              + " a class) and no weights to start from: a network that is fine-tuned from another"
              + " will know more (training.fineTune, docs/published-weights.md)");
    }
    SourceModel.note(config).ifPresent(notes::add);
    if (!recipe.batchSizeSchedule().isEmpty()) {
      BatchPlan last = course.plan(recipe.epochs() - 1);
      notes.add(
          "batches change from "
              + Count.of(course.first().size(0), "image")
              + " in the first epoch to "
              + Count.of(last.size(last.batches() - 1), "image")
              + " at the end: "
              + Count.of(course.updates(), "update")
              + " in all");
    }
    return notes;
  }
}
