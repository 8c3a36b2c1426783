package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;

/**
 * Turns the colour circle: torchvision's {@code adjust_hue} on Pillow images, which goes through
 * eight-bit hue, saturation and value (Pillow 9.4, {@code src/libImaging/Convert.c}) and so loses a
 * little even where the shift is 0. Which steps are float32 and which float64 is Pillow's choice.
 */
final class Hue {

  private Hue() {}

  /**
   * @param shift share of the circle, -0.5 to 0.5
   */
  static RgbImage adjust(RgbImage image, double shift) {
    int turn = (int) (shift * 255);
    byte[] from = image.pixels();
    byte[] out = new byte[from.length];
    for (int i = 0; i < out.length; i += 3) {
      turn(from, out, i, turn);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  private static void turn(byte[] from, byte[] out, int at, int turn) {
    int red = from[at] & 0xff;
    int green = from[at + 1] & 0xff;
    int blue = from[at + 2] & 0xff;
    int max = Math.max(red, Math.max(green, blue));
    int range = max - Math.min(red, Math.min(green, blue));
    int saturation = range == 0 ? 0 : (int) ((float) range / max * 255.0);
    if (saturation == 0) {
      out[at] = out[at + 1] = out[at + 2] = (byte) max;
      return;
    }
    int hue = hue(red, green, blue, max, range) + turn & 0xff;
    double position = hue * 6 / 255.0;
    int sector = (int) position;
    float part = (float) (position - sector);
    float share = saturation / 255f;
    byte low = rounded(max * (1.0 - share));
    byte falling = rounded(max * (1.0 - share * part));
    byte rising = rounded(max * (1.0 - share * (1.0 - part)));
    byte high = (byte) max;
    switch (sector % 6) {
      case 0 -> put(out, at, high, rising, low);
      case 1 -> put(out, at, falling, high, low);
      case 2 -> put(out, at, low, high, rising);
      case 3 -> put(out, at, low, falling, high);
      case 4 -> put(out, at, rising, low, high);
      default -> put(out, at, high, low, falling);
    }
  }

  private static int hue(int red, int green, int blue, int max, int range) {
    float toRed = (float) (max - red) / range;
    float toGreen = (float) (max - green) / range;
    float toBlue = (float) (max - blue) / range;
    double sixth =
        red == max ? toBlue - toGreen : green == max ? 2.0 + toRed - toBlue : 4.0 + toGreen - toRed;
    float share = (float) (((float) sixth / 6.0 + 1) % 1);
    return (int) (share * 255.0);
  }

  private static byte rounded(double value) {
    return (byte) Math.round(value);
  }

  private static void put(byte[] out, int at, byte red, byte green, byte blue) {
    out[at] = red;
    out[at + 1] = green;
    out[at + 2] = blue;
  }
}
