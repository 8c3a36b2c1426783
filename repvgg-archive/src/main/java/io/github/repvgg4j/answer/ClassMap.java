package io.github.repvgg4j.answer;

import java.util.stream.DoubleStream;

/**
 * A class activation map: how much each place of an image speaks for a class, in logits. Numbers
 * below 0 speak against it.
 *
 * @param index of the class
 * @param values {@code [H, W]} in C order; not copied
 * @param bias of the class, which no place has a share in
 */
@SuppressWarnings("ArrayRecordComponent")
public record ClassMap(int index, int height, int width, double[] values, double bias) {

  /**
   * @throws IllegalArgumentException where the numbers are not as many as the axes say
   */
  public ClassMap {
    if (height < 1 || width < 1 || values.length != (long) height * width) {
      throw new IllegalArgumentException(
          "class map: " + values.length + " numbers are not " + height + " x " + width);
    }
  }

  /** The class's logit: mean of the map, and bias. */
  public double logit() {
    return DoubleStream.of(values).sum() / values.length + bias;
  }

  public double smallest() {
    return DoubleStream.of(values).min().orElseThrow();
  }

  public double largest() {
    return DoubleStream.of(values).max().orElseThrow();
  }

  /** The same as rows, top first. */
  public double[][] rows() {
    double[][] rows = new double[height][];
    for (int y = 0; y < height; y++) {
      rows[y] = java.util.Arrays.copyOfRange(values, y * width, (y + 1) * width);
    }
    return rows;
  }

  /**
   * The map between its numbers, each of which stands in the middle of its part of the image:
   * linear in both directions, constant beyond the outer middles (PyTorch's {@code interpolate}
   * with mode bilinear, {@code align_corners=False}).
   *
   * @param y 0 at the upper edge of the image, 1 at the lower
   * @param x 0 at the left edge, 1 at the right
   */
  public double at(double y, double x) {
    double row = Math.max(0, Math.min(height - 1, y * height - 0.5));
    double column = Math.max(0, Math.min(width - 1, x * width - 0.5));
    int top = Math.min((int) row, Math.max(0, height - 2));
    int left = Math.min((int) column, Math.max(0, width - 2));
    int below = Math.min(top + 1, height - 1);
    int right = Math.min(left + 1, width - 1);
    double down = row - top;
    double across = column - left;
    double above = mix(values[top * width + left], values[top * width + right], across);
    double beneath = mix(values[below * width + left], values[below * width + right], across);
    return mix(above, beneath, down);
  }

  private static double mix(double first, double second, double share) {
    return first + (second - first) * share;
  }
}
