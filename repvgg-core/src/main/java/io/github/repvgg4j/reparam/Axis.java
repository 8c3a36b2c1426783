package io.github.repvgg4j.reparam;

import java.util.Objects;

/**
 * One spatial axis of a convolution. Output position i reads input positions {@code i * stride -
 * before + u * dilation} for taps u = 0 .. kernel-1; positions outside the input read zero.
 *
 * @param kernel taps, at least 1
 * @param stride pixels, at least 1
 * @param dilation pixels between taps, at least 1
 * @param padding zeros around the input
 */
public record Axis(int kernel, int stride, int dilation, Padding padding) {

  /** Reads one pixel, moves by one: the axis of a pointwise operation. */
  public static final Axis POINT = new Axis(1, 1, 1, Padding.NONE);

  public Axis {
    Objects.requireNonNull(padding, "padding");
    if (kernel < 1 || stride < 1 || dilation < 1) {
      throw new IllegalArgumentException(
          "kernel, stride and dilation must be at least 1, got "
              + kernel
              + ", "
              + stride
              + " and "
              + dilation);
    }
    dilation = kernel == 1 ? 1 : dilation;
    if (padding instanceof Padding.SameBySize && (stride == 1 || kernel == 1)) {
      int total = (kernel - 1) * dilation;
      padding = new Padding.Fixed(total / 2, total - total / 2);
    }
  }

  /** With the same number of zeros before and after, as PyTorch and DL4J's {@code Truncate} pad. */
  public static Axis symmetric(int kernel, int stride, int dilation, int padding) {
    return new Axis(kernel, stride, dilation, new Padding.Fixed(padding, padding));
  }

  /** Input pixels from the first to the last tap, both included. */
  public int span() {
    return (kernel - 1) * dilation + 1;
  }

  /** Whether the padding is known for every input size. */
  public boolean isFixed() {
    return padding instanceof Padding.Fixed;
  }

  /** Whether any zero is added. */
  public boolean isPadded() {
    return !padding.equals(Padding.NONE);
  }

  int before() {
    return fixed().before();
  }

  int after() {
    return fixed().after();
  }

  private Padding.Fixed fixed() {
    if (padding instanceof Padding.Fixed fixed) {
      return fixed;
    }
    throw new NotFusibleException(
        "Same padding at stride "
            + stride
            + " depends on the input size, which is not given; state the input size");
  }

  /** Output pixels for {@code input} pixels. */
  public int outputSize(int input) {
    return isFixed()
        ? Math.floorDiv(input + before() + after() - span(), stride) + 1
        : (input + stride - 1) / stride;
  }

  /**
   * The axis with the padding that {@code Same} means for inputs of this size (TensorFlow's and
   * DL4J's rule: total = (ceil(n/s) - 1) s + span - n, half of it before); exact for no other size.
   * Zeros that no tap reaches are added after, as many as leave the output size as it is, so that
   * axes that agree at this size agree in {@link #union}.
   */
  public Axis resolvedFor(int input) {
    int outputs = outputSize(input);
    int total = Math.max(0, (outputs - 1) * stride + span() - input);
    int before = isFixed() ? before() : total / 2;
    int after = isFixed() ? after() : total - total / 2;
    int unread = stride - 1 - Math.floorMod(input + before + after - span(), stride);
    return new Axis(kernel, stride, dilation, new Padding.Fixed(before, after + unread));
  }

  /** Whether {@code Same}, on inputs of this size, puts the taps where this axis has them. */
  boolean isSameFor(int input) {
    Axis same = new Axis(kernel, stride, dilation, new Padding.SameBySize());
    return same.outputSize(input) == outputSize(input)
        && same.resolvedFor(input).before() == before();
  }

  /** Output size minus input size at stride 1: equal for axes that give equal outputs always. */
  private int growth() {
    return before() + after() - span();
  }

  /**
   * The smallest axis that holds the taps of both, so that kernels embedded in it add.
   *
   * @throws NotFusibleException where outputs differ in size or position
   */
  public Axis union(Axis other) {
    if (equals(other)) {
      return this;
    }
    if (stride != other.stride) {
      throw new NotFusibleException("strides " + stride + " and " + other.stride);
    }
    if (growth() != other.growth()) {
      throw new NotFusibleException(
          "outputs of different size: kernel "
              + describe()
              + " changes the size by "
              + (growth() + 1)
              + " pixels before the stride, kernel "
              + other.describe()
              + " by "
              + (other.growth() + 1));
    }
    int before = Math.max(before(), other.before());
    int after = Math.max(after(), other.after());
    int apart = Math.abs(before() - other.before());
    int step = gcd(gcd(tapDistance(), other.tapDistance()), apart);
    int span = before + after - growth();
    int taps = step == 0 ? 1 : (span - 1) / step + 1;
    return new Axis(taps, stride, Math.max(1, step), new Padding.Fixed(before, after));
  }

  /**
   * This axis, then {@code next} on its output, as one.
   *
   * @param shift whether the first operation adds a constant
   * @throws NotFusibleException where the zeros that {@code next} pads stand for other values
   */
  public Axis then(Axis next, boolean shift) {
    if (next.equals(POINT)) {
      return this;
    }
    if (equals(POINT) && !(shift && next.isPadded())) {
      return next;
    }
    if (next.isPadded()) {
      if (shift) {
        throw new NotFusibleException(
            "zero padding and a shift do not commute: the border of the padded kernel "
                + next.describe()
                + " sees zeros, not the shift");
      }
      if (kernel > 1) {
        throw new NotFusibleException(
            "the padded kernel "
                + next.describe()
                + " after kernel "
                + describe()
                + " sees zeros at its border, one larger kernel would see the image");
      }
    }
    int reach = (next.span() - 1) * stride;
    int step = Math.max(1, gcd(tapDistance(), next.tapDistance() * stride));
    return new Axis(
        (span() - 1 + reach) / step + 1,
        stride * next.stride,
        step,
        new Padding.Fixed(before() + next.before() * stride, after() + next.after() * stride));
  }

  /** Index, in an axis that holds this one's taps, of tap {@code tap}. */
  int indexIn(Axis larger, int tap) {
    return equals(larger) ? tap : (larger.before() - before() + tap * dilation) / larger.dilation;
  }

  /** The same taps, and zero ones, with as much padding before as after. */
  Axis balanced() {
    int difference = Math.abs(before() - after());
    int step = gcd(tapDistance(), difference);
    int padding = Math.max(before(), after());
    return difference == 0
        ? this
        : new Axis(
            (span() + difference - 1) / step + 1,
            stride,
            step,
            new Padding.Fixed(padding, padding));
  }

  /** Whether {@code Same} with this kernel, stride and dilation means this padding, always. */
  boolean isSame() {
    return !isFixed() || equals(new Axis(kernel, stride, dilation, new Padding.SameBySize()));
  }

  private int tapDistance() {
    return kernel == 1 ? 0 : dilation;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** For messages: "3 (stride 2, padding 1+1)". */
  public String describe() {
    String zeros = isFixed() ? before() + "+" + after() : "Same";
    return kernel
        + " (stride "
        + stride
        + (dilation > 1 ? ", dilation " + dilation : "")
        + ", padding "
        + zeros
        + ")";
  }
}
