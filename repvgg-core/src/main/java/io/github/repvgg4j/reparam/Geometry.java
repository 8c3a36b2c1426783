package io.github.repvgg4j.reparam;

/**
 * Where a convolution reads: its two spatial axes.
 *
 * @param vertical the axis of H
 * @param horizontal the axis of W
 */
public record Geometry(Axis vertical, Axis horizontal) {

  /** One pixel to one pixel. */
  public static final Geometry POINT = new Geometry(Axis.POINT, Axis.POINT);

  /** The same on both axes, padded symmetrically. */
  public static Geometry square(int kernel, int stride, int padding) {
    Axis axis = Axis.symmetric(kernel, stride, 1, padding);
    return new Geometry(axis, axis);
  }

  /** The smallest geometry that holds both; see {@link Axis#union}. */
  public Geometry union(Geometry other) {
    return new Geometry(vertical.union(other.vertical), horizontal.union(other.horizontal));
  }

  /** One after the other; see {@link Axis#then}. */
  public Geometry then(Geometry next, boolean shift) {
    return new Geometry(
        vertical.then(next.vertical, shift), horizontal.then(next.horizontal, shift));
  }

  /** With the padding that {@code Same} means for inputs of this size. */
  public Geometry resolvedFor(int height, int width) {
    return new Geometry(vertical.resolvedFor(height), horizontal.resolvedFor(width));
  }

  /** Taps a channel pair. */
  public int taps() {
    return vertical.kernel() * horizontal.kernel();
  }

  /** Where each tap, in row-major order, stands in a geometry that holds them all. */
  int[] positionsIn(Geometry larger) {
    int[] positions = new int[taps()];
    for (int tap = 0; tap < positions.length; tap++) {
      int row = vertical.indexIn(larger.vertical, tap / horizontal.kernel());
      int column = horizontal.indexIn(larger.horizontal, tap % horizontal.kernel());
      positions[tap] = row * larger.horizontal.kernel() + column;
    }
    return positions;
  }

  /** Output pixels for one input pixel, 1/stride². */
  public double density() {
    return 1.0 / ((double) vertical.stride() * horizontal.stride());
  }

  /** Whether the padding is known for every input size. */
  public boolean isFixed() {
    return vertical.isFixed() && horizontal.isFixed();
  }

  /** Whether any zero is added. */
  public boolean isPadded() {
    return vertical.isPadded() || horizontal.isPadded();
  }

  /** Whether DL4J's {@code Same} mode means this padding for every input that it was made for. */
  public boolean isSame() {
    return vertical.isSame() && horizontal.isSame();
  }

  /** Whether DL4J's {@code Same} mode reads the same pixels of inputs of this size. */
  public boolean isSameFor(int height, int width) {
    return vertical.isSameFor(height) && horizontal.isSameFor(width);
  }

  /** With as much padding before as after, as DL4J's {@code Truncate} wants it. */
  public Geometry balanced() {
    return new Geometry(vertical.balanced(), horizontal.balanced());
  }

  /** For messages: "3x1". */
  public String kernelText() {
    return vertical.kernel() + "x" + horizontal.kernel();
  }
}
