package io.github.repvgg4j.train.run;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run with a time budget has decided about its length, and what the next decision follows
 * from. Kept in checkpoints: a run that goes on has the learning rates that it had.
 *
 * @param decisions by rising update
 * @param testSeconds of the last test; negative before the first
 * @param window begin of what the next decision measures
 */
public record Lengths(List<Decision> decisions, double testSeconds, Window window) {

  /** Nothing decided yet. */
  public static final Lengths NONE = new Lengths(List.of(), -1, new Window(0, 0, 0));

  public Lengths {
    decisions = List.copyOf(decisions);
  }

  /**
   * From one update on, the rest of the recipe is spread over the updates that time leaves.
   *
   * @param update made when it was decided
   * @param planned the update of the recipe that this stands for
   * @param end update after which the run is to end
   */
  public record Decision(long update, double planned, long end) {}

  /**
   * @param update first of the window
   * @param seconds of the run at that time
   * @param testSeconds spent on tests since then
   */
  public record Window(long update, double seconds, double testSeconds) {}

  Lengths with(Decision decision) {
    List<Decision> more = new ArrayList<>(decisions);
    more.add(decision);
    return new Lengths(more, testSeconds, window);
  }
}
