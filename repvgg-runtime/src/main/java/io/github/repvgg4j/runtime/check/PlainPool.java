package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.graph.FastLayer.Pool;
import io.github.repvgg4j.runtime.plan.Arithmetic;
import java.util.List;

/** The largest or the average number of each window. */
record PlainPool(Pool pool) implements PlainStep {

  /** What a window's number takes of a number in it. */
  @FunctionalInterface
  private interface Visit {
    void at(int target, int source);
  }

  @Override
  public Plane value(List<Plane> in) {
    Plane image = in.get(0);
    Plane out = result(image);
    double[] sums = out.values();
    if (isMaximum()) {
      java.util.Arrays.fill(sums, Double.NEGATIVE_INFINITY);
      visit(image, (to, from) -> sums[to] = Math.max(sums[to], image.values()[from]));
    } else {
      visit(image, (to, from) -> sums[to] += image.values()[from] / taps());
    }
    return out;
  }

  private boolean isMaximum() {
    return pool.kind() == Pool.Kind.MAX;
  }

  private int taps() {
    return pool.window().kernel() * pool.window().kernel();
  }

  private Plane result(Plane image) {
    int height = pool.window().output(image.height());
    return Plane.zeros(image.channels(), height, pool.window().output(image.width()));
  }

  private void visit(Plane image, Visit visit) {
    Plane out = result(image);
    int kernel = pool.window().kernel();
    int stride = pool.window().stride();
    for (int at = 0; at < out.values().length; at++) {
      int c = at / (out.height() * out.width());
      int top = at / out.width() % out.height() * stride;
      int left = at % out.width() * stride;
      for (int k = 0; k < kernel * kernel; k++) {
        visit.at(at, image.index(c, top + k / kernel, left + k % kernel));
      }
    }
  }

  /** A maximum passes on what the first of the largest gets. */
  @Override
  public List<Plane> back(List<Plane> in, Plane gradient) {
    Plane image = in.get(0);
    Plane result = image.alike();
    double[] largest = value(in).values();
    boolean[] done = new boolean[largest.length];
    visit(
        image,
        (at, from) -> {
          if (!isMaximum()) {
            result.values()[from] += gradient.values()[at] / taps();
          } else if (!done[at] && image.values()[from] == largest[at]) {
            result.values()[from] += gradient.values()[at];
            done[at] = true;
          }
        });
    return List.of(result);
  }

  @Override
  public Roundings roundings(List<Plane> in, Plane out, Arithmetic arithmetic) {
    return isMaximum()
        ? Roundings.none(out)
        : Roundings.ofSums(value(List.of(in.get(0).sizes())).values(), out.values(), taps() + 1.0);
  }
}
