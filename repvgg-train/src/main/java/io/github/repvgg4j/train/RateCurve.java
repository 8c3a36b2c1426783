package io.github.repvgg4j.train;

import io.github.repvgg4j.text.Count;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Losses of a range test: the learning rate rises by the same factor from step to step (Smith,
 * arXiv 1506.01186, section 3.3).
 *
 * @param points by rising rate
 */
record RateCurve(List<Point> points) {

  /** Of the running mean that is kept each step. */
  private static final double KEPT = 0.9;

  /** The running mean over its lowest value at which the test ends: training diverges. */
  private static final double WORST = 4;

  /** Points at each side of one over which a slope is taken, at least. */
  private static final int MARGIN = 5;

  /** Of the whole range, for slopes; narrower ones find the noise of single batches. */
  private static final int REACHES = 12;

  RateCurve {
    points = List.copyOf(points);
  }

  /**
   * @param rate of the step
   * @param loss before it
   * @param smooth the losses' running mean, corrected for its begin
   */
  record Point(double rate, double loss, double smooth) {}

  static RateCurve empty() {
    return new RateCurve(List.of());
  }

  RateCurve with(double rate, double loss) {
    int count = points.size();
    double before = count == 0 ? 0 : last().smooth * (1 - Math.pow(KEPT, count));
    double smooth = (KEPT * before + (1 - KEPT) * loss) / (1 - Math.pow(KEPT, count + 1));
    List<Point> more = new ArrayList<>(points);
    more.add(new Point(rate, loss, smooth));
    return new RateCurve(more);
  }

  private Point last() {
    return points.get(points.size() - 1);
  }

  /** Whether a further step would tell nothing. */
  boolean hasDiverged() {
    return points.size() > MARGIN
        && (!Double.isFinite(last().smooth) || last().smooth > WORST * lowest().smooth);
  }

  /** Where the running mean is lowest: the largest rate that may still do. */
  Point lowest() {
    return points.stream()
        .filter(point -> Double.isFinite(point.smooth))
        .min(Comparator.comparingDouble(Point::smooth))
        .orElseThrow();
  }

  /**
   * Where the loss falls most for a rise of the rate by one factor: a rate to begin with.
   *
   * @throws IllegalArgumentException where there are too few points
   */
  Point steepest() {
    int end = points.indexOf(lowest());
    int reach = Math.max(MARGIN, points.size() / REACHES);
    if (end < 2 * reach) {
      String steps = Count.of(points.size(), "step");
      throw new IllegalArgumentException(
          (end == 0
                  ? "the loss never fell: " + steps
                  : "the loss is lowest after step "
                      + (end + 1)
                      + " of "
                      + steps
                      + ", too early to say where it falls fastest")
              + "; give a lower --from or more --steps");
    }
    Point best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = reach; i <= end - reach; i++) {
      double fall = points.get(i - reach).smooth - points.get(i + reach).smooth;
      if (fall > most) {
        most = fall;
        best = points.get(i);
      }
    }
    return best;
  }
}
