package io.github.repvgg4j.onednn.primitive;

/** What a convolution or a pooling sees of an image at once, and how it goes over it. */
public record Window(Side height, Side width) {

  /**
   * One direction.
   *
   * @param kernel numbers seen at once
   * @param stride from one window to the next
   * @param gap numbers left out between two that are seen: 0 for a dense kernel
   * @param before zeros before the image
   * @param after zeros behind it
   */
  public record Side(long kernel, long stride, long gap, long before, long after) {

    /** Windows along an image; 0 and less where it is too small. */
    public long windows(long length) {
      long reach = (gap + 1) * (kernel - 1) + 1;
      return Math.floorDiv(length + before + after - reach, stride) + 1;
    }
  }

  /** Square, dense, equally padded. */
  public static Window square(long kernel, long stride, long padding) {
    Side side = new Side(kernel, stride, 0, padding, padding);
    return new Window(side, side);
  }

  /** A whole image at once. */
  public static Window whole(long height, long width) {
    return new Window(new Side(height, height, 0, 0, 0), new Side(width, width, 0, 0, 0));
  }

  /**
   * Axes of the result.
   *
   * @param source {@code [N, C, H, W]}
   */
  public long[] target(long[] source, long channels) {
    return new long[] {source[0], channels, height.windows(source[2]), width.windows(source[3])};
  }

  /** Axes of a convolution's weights. */
  public long[] weights(long in, long out, long groups) {
    return groups == 1
        ? new long[] {out, in, height.kernel, width.kernel}
        : new long[] {groups, out / groups, in / groups, height.kernel, width.kernel};
  }

  long[] kernels() {
    return new long[] {height.kernel, width.kernel};
  }

  long[] strides() {
    return new long[] {height.stride, width.stride};
  }

  long[] gaps() {
    return new long[] {height.gap, width.gap};
  }

  long[] before() {
    return new long[] {height.before, width.before};
  }

  long[] after() {
    return new long[] {height.after, width.after};
  }
}
