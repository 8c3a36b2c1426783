package io.github.repvgg4j.data.vp8;

/**
 * Smooths the edges of blocks (RFC 6386, section 15). It runs when the whole picture has been
 * predicted: prediction within a picture takes samples that are not filtered.
 */
final class LoopFilter {

  private final Plane plane;
  private int interior;
  private int variance;
  private boolean simple;

  LoopFilter(Plane plane) {
    this.plane = plane;
  }

  /**
   * Filters a block's left and upper edge and the edges within it.
   *
   * @param side 16 or 8
   * @param inner whether edges within it are filtered too
   */
  void block(int x, int y, int side, Vp8Header.Filter filter, boolean onlySimple, boolean inner) {
    interior = filter.interior();
    variance = filter.variance();
    simple = onlySimple;
    int at = plane.at(x, y);
    int down = plane.stride;
    if (x > 0) {
      edge(at, down, 1, side, filter.edge() + 4, true);
    }
    for (int i = 4; inner && i < side; i += 4) {
      edge(at + i, down, 1, side, filter.edge(), false);
    }
    if (y > 0) {
      edge(at, 1, down, side, filter.edge() + 4, true);
    }
    for (int i = 4; inner && i < side; i += 4) {
      edge(at + i * down, 1, down, side, filter.edge(), false);
    }
  }

  /**
   * @param along from one sample of the edge to the next
   * @param across from one side of the edge to the other
   */
  private void edge(int from, int along, int across, int side, int limit, boolean outer) {
    for (int i = 0; i < side; i++) {
      int at = from + i * along;
      if (simple) {
        if (withinEdge(at, across, limit)) {
          two(at, across);
        }
      } else if (withinEdge(at, across, limit) && smooth(at, across)) {
        if (highVariance(at, across)) {
          two(at, across);
        } else if (outer) {
          six(at, across);
        } else {
          four(at, across);
        }
      }
    }
  }

  private int difference(int a, int b) {
    return Math.abs(plane.get(a) - plane.get(b));
  }

  private boolean withinEdge(int q0, int step, int limit) {
    return 4 * difference(q0 - step, q0) + difference(q0 - 2 * step, q0 + step) <= 2 * limit + 1;
  }

  private boolean smooth(int q0, int step) {
    for (int i = 1; i <= 3; i++) {
      if (difference(q0 - i * step - step, q0 - i * step) > interior
          || difference(q0 + i * step, q0 + i * step - step) > interior) {
        return false;
      }
    }
    return true;
  }

  private boolean highVariance(int q0, int step) {
    return difference(q0 - 2 * step, q0 - step) > variance || difference(q0 + step, q0) > variance;
  }

  private static int clamp(int value, int least, int most) {
    return Math.max(least, Math.min(most, value));
  }

  private int step(int q0, int step) {
    return 3 * (plane.get(q0) - plane.get(q0 - step));
  }

  private int outerTaps(int q0, int step) {
    return clamp(plane.get(q0 - 2 * step) - plane.get(q0 + step), -128, 127);
  }

  private void move(int at, int by) {
    plane.set(at, plane.get(at) + by);
  }

  private void two(int q0, int step) {
    int a = step(q0, step) + outerTaps(q0, step);
    move(q0 - step, clamp(a + 3 >> 3, -16, 15));
    move(q0, -clamp(a + 4 >> 3, -16, 15));
  }

  private void four(int q0, int step) {
    int a = step(q0, step);
    int inner = clamp(a + 4 >> 3, -16, 15);
    int outer = inner + 1 >> 1;
    move(q0 - 2 * step, outer);
    move(q0 - step, clamp(a + 3 >> 3, -16, 15));
    move(q0, -inner);
    move(q0 + step, -outer);
  }

  private void six(int q0, int step) {
    int a = clamp(step(q0, step) + outerTaps(q0, step), -128, 127);
    for (int i = 0; i < 3; i++) {
      int by = (27 - 9 * i) * a + 63 >> 7;
      move(q0 - (i + 1) * step, by);
      move(q0 + i * step, -by);
    }
  }
}
