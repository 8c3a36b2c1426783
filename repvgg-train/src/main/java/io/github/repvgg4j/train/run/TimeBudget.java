package io.github.repvgg4j.train.run;

import io.github.repvgg4j.train.run.Lengths.Decision;
import io.github.repvgg4j.train.run.Lengths.Window;

/**
 * Fits a recipe to a time. The speed is measured again and again, and what is left of the recipe is
 * spread evenly over the updates that the time left has room for, so learning rates never jump.
 */
public final class TimeBudget {

  /** Share of the budget between two decisions. */
  private static final double WINDOW = 0.02;

  /** Updates that are waited for before the first one. */
  private static final int FIRST_UPDATES = 5;

  /** How much faster than training a network is tested, before that is known. */
  private static final double TEST_SPEED = 3;

  private final Plan plan;
  private Lengths lengths;

  /**
   * What does not change during a run.
   *
   * @param seconds of training and its tests
   * @param updates of the recipe
   * @param updatesPerEpoch of the images
   * @param evaluateEvery epochs between tests
   * @param testShare test images for each training image
   */
  public record Plan(
      double seconds, long updates, long updatesPerEpoch, int evaluateEvery, double testShare) {}

  /**
   * @param lengths of the run so far
   */
  public TimeBudget(Plan plan, Lengths lengths) {
    this.plan = plan;
    this.lengths = lengths;
  }

  /** What a checkpoint keeps. */
  public Lengths lengths() {
    return lengths;
  }

  /**
   * The update of the recipe that an update stands for.
   *
   * @param update from 0
   */
  public long planned(long update) {
    return Math.round(exact(update));
  }

  private double exact(long update) {
    Decision last = null;
    for (Decision decision : lengths.decisions()) {
      if (decision.update() <= update) {
        last = decision;
      }
    }
    if (last == null) {
      return Math.min(update, plan.updates - 1);
    }
    double share = (double) (update - last.update()) / Math.max(1, last.end() - last.update());
    return last.planned() + (plan.updates - last.planned()) * Math.min(1, share);
  }

  /**
   * After an update.
   *
   * @param update its number, from 1
   * @param seconds of the run so far
   * @return whether the length was decided anew
   */
  public boolean consider(long update, double seconds) {
    Window window = lengths.window();
    long updates = update - window.update();
    double trained = seconds - window.seconds() - window.testSeconds();
    double left = plan.seconds - seconds;
    if (updates <= 0 || isOver(update)) {
      return false;
    }
    double each = trained / updates;
    if (left - testSeconds(each) < each / 2) {
      decide(update, update, seconds);
      return true;
    }
    boolean enough = lengths.decisions().isEmpty() ? updates >= FIRST_UPDATES : true;
    if (!enough || trained < WINDOW * plan.seconds) {
      return false;
    }
    double test = testSeconds(each);
    double withTests = each + test / (plan.evaluateEvery * (double) plan.updatesPerEpoch);
    decide(update, update + Math.max(1, Math.round((left - test) / withTests)), seconds);
    return true;
  }

  private double testSeconds(double eachUpdate) {
    return lengths.testSeconds() >= 0
        ? lengths.testSeconds()
        : eachUpdate * plan.updatesPerEpoch * plan.testShare / TEST_SPEED;
  }

  private void decide(long update, long end, double seconds) {
    lengths = lengths.with(new Decision(update, exact(update), end));
    lengths =
        new Lengths(lengths.decisions(), lengths.testSeconds(), new Window(update, seconds, 0));
  }

  /** A test took so long. */
  public void tested(double seconds) {
    Window window = lengths.window();
    lengths =
        new Lengths(
            lengths.decisions(),
            seconds,
            new Window(window.update(), window.seconds(), window.testSeconds() + seconds));
  }

  /**
   * @param update made last
   */
  public boolean isOver(long update) {
    return !lengths.decisions().isEmpty() && update >= end();
  }

  /** The update after which the run ends, as far as is known; 0 before anything is. */
  public long end() {
    int last = lengths.decisions().size() - 1;
    return last < 0 ? 0 : lengths.decisions().get(last).end();
  }
}
