package io.github.repvgg4j.archive.quantized;

import java.util.List;

/**
 * Which layer a {@link QuantizedLayer} is, for people and for checks.
 *
 * @param name of the layer in DL4J's configuration
 * @param axes of its weights, {@code [out, in / groups, kH, kW]} or {@code [out, in]}
 */
public record LayerShape(String name, List<Integer> axes) {

  /** No convolution has more of anything. */
  private static final int MAX_AXIS = 1 << 24;

  private static final int MAX_RANK = 5;

  /**
   * @throws IllegalArgumentException one line: no axes, or axes that no layer has
   */
  public LayerShape {
    axes = List.copyOf(axes);
    if (axes.size() < 2 || axes.size() > MAX_RANK) {
      throw new IllegalArgumentException("weights: needs 2 to 5 axes, got " + axes.size());
    }
    if (axes.stream().anyMatch(axis -> axis < 1 || axis > MAX_AXIS) || numbers(axes) < 0) {
      throw new IllegalArgumentException("weights: no layer has the axes " + axes);
    }
  }

  private static long numbers(List<Integer> axes) {
    long product = 1;
    for (int axis : axes) {
      product *= axis;
      if (product > Integer.MAX_VALUE) {
        return -1;
      }
    }
    return product;
  }

  /** How many weights there are. */
  public int weights() {
    return (int) numbers(axes);
  }

  /** Output channels or classes. */
  public int out() {
    return axes.get(0);
  }
}
