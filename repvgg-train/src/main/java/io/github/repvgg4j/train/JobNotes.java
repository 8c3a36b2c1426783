package io.github.repvgg4j.train;

import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.optim.Course;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a user should hear of a job before it begins. */
final class JobNotes {

  /** Images a class below which a network should not begin from nothing. */
  private static final int FEW_IMAGES = 200;

  /** Sides up to which no published network is of use. */
  private static final int SMALL_SIDE = 64;

  /** Share of a run's first weights in its averaged ones that does not matter. */
  private static final double LITTLE = 0.01;

  private JobNotes() {}

  /**
   * A line each.
   *
   * @return may be added to
   * @throws IOException the source model can't be read
   */
  static List<String> of(TrainConfig config, ImageData data, ClassBalance classes, Course course)
      throws IOException {
    TrainingConfig recipe = config.training();
    List<String> notes = new ArrayList<>();
    if (config.preset() != null) {
      notes.add(
          "preset "
              + config.preset()
              + "; network and recipe stand in "
              + config.folder().resolve("config.yaml"));
    }
    notes.addAll(data.notes());
    if (recipe.loss() == Loss.SOFTMAX) {
      classes.note(recipe.balance()).ifPresent(notes::add);
    }
    int each = data.train().size() / data.labels().size();
    if (each < FEW_IMAGES && recipe.fineTune() == null) {
      notes.add(fewImages(each, config.model().input().get(1) <= SMALL_SIDE));
    }
    SourceModel.note(config).ifPresent(notes::add);
    List<String> unreached = recipe.unreached(course);
    if (!unreached.isEmpty()) {
      notes.add(
          "a run of "
              + Count.of(recipe.epochs(), "epoch")
              + ", "
              + Count.of(course.updates(), "update")
              + ", ends before training."
              + String.join(", training.", unreached));
    }
    slowAverage(recipe.emaDecay(), course.updates()).ifPresent(notes::add);
    BatchPlan last = course.plan(recipe.epochs() - 1);
    if (last.size(last.batches() - 1) != course.first().size(0)) {
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

  /**
   * Where the run is too short for its moving average to forget how it began.
   *
   * @param decay share of the average kept each update, 0 where there is none
   */
  private static Optional<String> slowAverage(double decay, long updates) {
    double begun = Math.pow(decay, updates);
    BigDecimal tenth = new BigDecimal(Math.min(1, 10.0 / updates)).round(new MathContext(1));
    String instead =
        tenth.compareTo(BigDecimal.ONE) == 0
            ? "so short a run has nothing to average"
            : BigDecimal.ONE.subtract(tenth).toPlainString() + " would average over its last tenth";
    return begun < LITTLE
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "training.emaDecay: %s keeps %.0f %% of the weights that a run of %s begins with in"
                    + " the model; %s",
                decay,
                100 * begun,
                Count.of(updates, "update"),
                instead));
  }

  private static String fewImages(int each, boolean isSmall) {
    String source =
        isSmall
            ? "training.fineTune with a model.zip of yours; the published weights are of photos of"
                + " 224 x 224 and larger"
            : "training.fineTune, docs/published-weights.md";
    return "few images ("
        + each
        + " a class) and no weights to start from: a network that is fine-tuned from another will"
        + " know more ("
        + source
        + ")";
  }
}
