package io.github.repvgg4j.data.image;

/**
 * A decoded image.
 *
 * @param width pixels
 * @param height pixels
 * @param pixels {@code [height, width, 3]}, red first, one byte a value, unsigned; not copied, so
 *     whoever hands it over gives it away
 */
@SuppressWarnings("ArrayRecordComponent")
public record RgbImage(int width, int height, byte[] pixels) {

  public RgbImage {
    if (width < 1 || height < 1 || pixels.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "image: " + pixels.length + " bytes are not " + width + " x " + height + " x 3");
    }
  }

  /**
   * A black image.
   *
   * @throws IllegalArgumentException when it has no pixel or more than an array holds
   */
  public static RgbImage black(int width, int height) {
    long bytes = 3L * width * height;
    if (width < 1 || height < 1 || bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "image: cannot hold " + width + " x " + height + " pixels");
    }
    return new RgbImage(width, height, new byte[(int) bytes]);
  }

  /**
   * @param channel 0 red, 1 green, 2 blue
   * @return 0 to 255
   */
  public int value(int x, int y, int channel) {
    return pixels[3 * (y * width + x) + channel] & 0xff;
  }

  /** A part of this image as a new one; what lies outside is black, as torchvision pads it. */
  public RgbImage crop(int left, int top, int cropWidth, int cropHeight) {
    if (left == 0 && top == 0 && cropWidth == width && cropHeight == height) {
      return this;
    }
    RgbImage part = black(cropWidth, cropHeight);
    int from = Math.max(0, -left);
    int to = Math.min(cropWidth, width - left);
    for (int y = Math.max(0, -top); y < cropHeight && y + top < height && from < to; y++) {
      int source = 3 * ((y + top) * width + left + from);
      System.arraycopy(pixels, source, part.pixels, 3 * (y * cropWidth + from), 3 * (to - from));
    }
    return part;
  }

  /**
   * The brightness of one pixel: Pillow's {@code L24} macro, ITU-R 601.
   *
   * @param rgb three bytes a pixel
   * @param at where it begins
   */
  public static int grey(byte[] rgb, int at) {
    int sum = (rgb[at] & 0xff) * 19595 + (rgb[at + 1] & 0xff) * 38470 + (rgb[at + 2] & 0xff) * 7471;
    return (sum + 0x8000) >> 16;
  }
}
