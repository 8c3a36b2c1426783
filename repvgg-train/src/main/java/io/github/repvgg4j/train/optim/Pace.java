package io.github.repvgg4j.train.optim;

/** Fits a recipe to a run of another length: which update of the recipe an update stands for. */
@FunctionalInterface
public interface Pace {

  /** As the recipe says. */
  Pace AS_PLANNED = (update, known) -> update;

  /**
   * What was known at some time.
   *
   * @param update from 0
   * @param known updates that had been made when this was asked for the first time; what was
   *     decided later does not count
   */
  double position(long update, long known);

  /** The nearest update of the recipe. */
  default long planned(long update, long known) {
    return Math.round(position(update, known));
  }

  /** The nearest update of the recipe, from 0; rises with the update. */
  default long planned(long update) {
    return planned(update, update);
  }

  /** The place in the recipe, between two of its updates where it has fewer than the run. */
  default double position(long update) {
    return position(update, update);
  }
}
