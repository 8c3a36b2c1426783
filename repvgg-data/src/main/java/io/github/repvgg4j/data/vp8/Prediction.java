package io.github.repvgg4j.data.vp8;

/** What blocks look like before their coefficients are added (RFC 6386, section 12). */
final class Prediction {

  private final Plane plane;
  private final int[] edge = new int[13];

  Prediction(Plane plane) {
    this.plane = plane;
  }

  /**
   * A square predicted as a whole.
   *
   * @param side 16 or 8
   */
  void square(int mode, int x, int y, int side) {
    int at = plane.at(x, y);
    if (mode == Macroblock.DC) {
      fill(at, side, mean(at, side, x > 0, y > 0));
      return;
    }
    int above = at - plane.stride;
    int corner = plane.get(above - 1);
    for (int row = 0; row < side; row++) {
      int start = at + row * plane.stride;
      int left = plane.get(start - 1);
      for (int i = 0; i < side; i++) {
        int top = plane.get(above + i);
        plane.set(
            start + i,
            mode == Macroblock.VERTICAL
                ? top
                : mode == Macroblock.HORIZONTAL ? left : left + top - corner);
      }
    }
  }

  private void fill(int at, int side, int value) {
    for (int row = 0; row < side; row++) {
      for (int i = 0; i < side; i++) {
        plane.set(at + row * plane.stride + i, value);
      }
    }
  }

  private int mean(int at, int side, boolean hasLeft, boolean hasAbove) {
    if (!hasLeft && !hasAbove) {
      return 128;
    }
    int sum = 0;
    for (int i = 0; i < side; i++) {
      sum += hasAbove ? plane.get(at - plane.stride + i) : 0;
      sum += hasLeft ? plane.get(at + i * plane.stride - 1) : 0;
    }
    int count = hasLeft && hasAbove ? 2 * side : side;
    return (sum + count / 2) / count;
  }

  /**
   * A subblock of 4 x 4.
   *
   * @param aboveRight where the four samples above to the right lie
   */
  void subblock(int mode, int at, int aboveRight) {
    for (int i = 0; i < 4; i++) {
      edge[3 - i] = plane.get(at + i * plane.stride - 1);
      edge[5 + i] = plane.get(at - plane.stride + i);
      edge[9 + i] = plane.get(aboveRight + i);
    }
    edge[4] = plane.get(at - plane.stride - 1);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        plane.set(at + y * plane.stride + x, sample(mode, x, y));
      }
    }
  }

  /** The edge runs from the lower left (0) over the corner (4) to the upper right (12). */
  private int sample(int mode, int x, int y) {
    return switch (mode) {
      case Macroblock.DC -> {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
          sum += edge[i] + edge[5 + i];
        }
        yield sum >> 3;
      }
      case Macroblock.TRUE_MOTION -> edge[3 - y] + edge[5 + x] - edge[4];
      case Macroblock.VERTICAL -> three(5 + x);
      case Macroblock.HORIZONTAL -> y == 3 ? edge[1] + 3 * edge[0] + 2 >> 2 : three(3 - y);
      case 4 -> x + y == 6 ? edge[11] + 3 * edge[12] + 2 >> 2 : three(6 + x + y);
      case 5 -> three(4 + x - y);
      case 6 -> verticalRight(x, y);
      case 7 -> verticalLeft(x, y);
      case 8 -> horizontalDown(x, y);
      default -> horizontalUp(x, y);
    };
  }

  private int verticalRight(int x, int y) {
    int steps = 2 * x - y;
    if (steps < 0) {
      return three(steps == -1 ? 4 : 5 - y);
    }
    return steps % 2 == 0 ? two(4 + steps / 2) : three(4 + (steps + 1) / 2);
  }

  private int verticalLeft(int x, int y) {
    if (x == 3 && y >= 2) {
      return three(y == 2 ? 10 : 11);
    }
    return y % 2 == 0 ? two(5 + x + y / 2) : three(6 + x + y / 2);
  }

  private int horizontalDown(int x, int y) {
    int steps = 2 * y - x;
    if (steps < 0) {
      return three(steps == -1 ? 4 : 3 + x);
    }
    return steps % 2 == 0 ? two(3 - steps / 2) : three(4 - (steps + 1) / 2);
  }

  private int horizontalUp(int x, int y) {
    int steps = 2 * y + x;
    if (steps > 5) {
      return edge[0];
    }
    if (steps == 5) {
      return edge[1] + 3 * edge[0] + 2 >> 2;
    }
    return steps % 2 == 0 ? two(2 - steps / 2) : three(2 - steps / 2);
  }

  private int two(int at) {
    return edge[at] + edge[at + 1] + 1 >> 1;
  }

  private int three(int at) {
    return edge[at - 1] + 2 * edge[at] + edge[at + 1] + 2 >> 2;
  }
}
