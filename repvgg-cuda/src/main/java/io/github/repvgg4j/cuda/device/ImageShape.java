package io.github.repvgg4j.cuda.device;

/**
 * Axes of an activation, which lies as {@code [N, H, W, C]}.
 *
 * @param images N
 */
public record ImageShape(int images, int height, int width, int channels) {

  public ImageShape {
    if (images < 1 || height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "shape: " + images + " x " + height + " x " + width + " x " + channels + " is empty");
    }
  }

  public long elements() {
    return Math.multiplyExact((long) images * height, (long) width * channels);
  }

  /** Values that one channel has in a batch. */
  public long perChannel() {
    return (long) images * height * width;
  }

  /** {@code [N, 1, 1, C]}. */
  public ImageShape pooled() {
    return new ImageShape(images, 1, 1, channels);
  }
}
