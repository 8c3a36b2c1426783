package io.github.repvgg4j.train.run;

import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.train.optim.Pace;
import io.github.repvgg4j.train.run.Lengths.Decision;
import io.github.repvgg4j.train.run.Lengths.Window;

/**
 * Fits a recipe to a time. The speed is measured again and again, in pixels, since updates may be
 * of more images or of larger ones later on; and what is left of the recipe is spread evenly over
 * the updates that the time left has room for, so learning rates never jump.
 */
public final class TimeBudget implements Pace {

  /**
   * Share of the budget between two decisions; before the first one the recipe stops at this share
   * of itself, so that none is used up before it is known how long it has to last.
   */
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
   * @param seconds of training and all tests
   * @param course of the recipe
   * @param evaluateEvery epochs between tests
   * @param testShare test images for each training image
   * @param furtherTests what is tested when training is over, in tests of an epoch
   */
  public record Plan(
      double seconds, Course course, int evaluateEvery, double testShare, double furtherTests) {

    /** The last epoch's own test too. */
    double testsAtEnd() {
      return 1 + furtherTests;
    }
  }

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

  @Override
  public double position(long update, long known) {
    Decision last = null;
    for (Decision decision : lengths.decisions()) {
      if (decision.update() <= Math.min(update, known)) {
        last = decision;
      }
    }
    long all = plan.course.updates();
    if (last == null) {
      return Math.min(update, WINDOW * all);
    }
    double share = (double) (update - last.update()) / Math.max(1, last.end() - last.update());
    return last.planned() + (all - last.planned()) * Math.min(1, share);
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
    double trained = seconds - window.seconds() - window.testSeconds();
    double left = plan.seconds - seconds;
    if (update <= window.update() || isOver(update)) {
      return false;
    }
    double each = trained / costBetween(window.update(), update);
    double now = position(update, update);
    if (left - plan.testsAtEnd() * testSeconds(each) < each * costOfOne(now) / 2) {
      decide(update, update, seconds);
      return true;
    }
    boolean enough = !lengths.decisions().isEmpty() || update - window.update() >= FIRST_UPDATES;
    if (!enough || trained < WINDOW * plan.seconds) {
      return false;
    }
    decide(update, update + Math.max(1, Math.round(updatesIn(left, now, each))), seconds);
    return true;
  }

  /** What the updates after the first one named and up to the second take, in costs. */
  private double costBetween(long from, long to) {
    double begin = position(from, from);
    double end = position(to, from);
    return end > begin
        ? (plan.course.costOf(end) - plan.course.costOf(begin)) * (to - from) / (end - begin)
        : costOfOne(begin) * (to - from);
  }

  /**
   * @param planned an update of the recipe
   */
  private double costOfOne(double planned) {
    double begin = Math.min(planned, plan.course.updates() - 1.0);
    return plan.course.costOf(begin + 1) - plan.course.costOf(begin);
  }

  /**
   * How many updates, and tests after their epochs, there is time for.
   *
   * @param now update of the recipe
   * @param each seconds a unit of cost
   */
  private double updatesIn(double left, double now, double each) {
    Course course = plan.course;
    double training = each * (course.costOf(course.updates()) - course.costOf(now));
    double epochs = course.epochsIn(course.updates()) - course.epochsIn(now);
    double test = testSeconds(each);
    double all = training + test * epochs / plan.evaluateEvery;
    return (course.updates() - now) * (left - plan.testsAtEnd() * test) / all;
  }

  /**
   * @param each seconds a unit of cost: an image of full size
   */
  private double testSeconds(double each) {
    return lengths.testSeconds() >= 0
        ? lengths.testSeconds()
        : each * plan.course.first().images() * plan.testShare / TEST_SPEED;
  }

  private void decide(long update, long end, double seconds) {
    lengths = lengths.with(new Decision(update, position(update, update), end));
    lengths =
        new Lengths(lengths.decisions(), lengths.testSeconds(), new Window(update, seconds, 0));
  }

  /**
   * The first update is about to be made, after so many seconds, which say nothing of its speed.
   */
  public void begins(double seconds) {
    if (lengths.decisions().isEmpty() && lengths.window().update() == 0) {
      lengths = new Lengths(lengths.decisions(), lengths.testSeconds(), new Window(0, seconds, 0));
    }
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
