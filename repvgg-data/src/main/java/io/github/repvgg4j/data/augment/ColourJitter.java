package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;
import java.util.Locale;

/**
 * Brightness, contrast and saturation, each times a factor drawn from [1 - x, 1 + x], and hue,
 * turned by a share of the circle drawn from [-x, x], in a random order: torchvision's {@code
 * ColorJitter} on Pillow images.
 *
 * @param brightness x of the brightness, 0 for none
 * @param contrast x of the contrast, 0 for none
 * @param saturation x of the saturation, 0 for none
 * @param hue x of the hue, at most 0.5, 0 for none
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
    implements Augmentation {

  public ColourJitter {
    for (double value : new double[] {brightness, contrast, saturation, 2 * hue}) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "colourJitter: must be in [0, 1], hue in [0, 0.5], got %s, %s, %s, hue %s",
                brightness,
                contrast,
                saturation,
                hue));
      }
    }
  }

  @Override
  public RgbImage apply(RgbImage image, Draw draw) {
    int[] order = {0, 1, 2, 3};
    for (int i = order.length - 1; i > 0; i--) {
      int j = draw.integer(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    double b = draw.uniform(1 - brightness, 1 + brightness);
    double c = draw.uniform(1 - contrast, 1 + contrast);
    double s = draw.uniform(1 - saturation, 1 + saturation);
    double h = draw.uniform(-hue, hue);
    RgbImage result = image;
    for (int step : order) {
      result =
          switch (step) {
            case 0 -> brightness == 0 ? result : brightness(result, b);
            case 1 -> contrast == 0 ? result : contrast(result, c);
            case 2 -> saturation == 0 ? result : saturation(result, s);
            default -> hue == 0 ? result : Hue.adjust(result, h);
          };
    }
    return result;
  }

  /** Pillow's {@code ImageEnhance.Brightness}: blended with black. */
  static RgbImage brightness(RgbImage image, double factor) {
    byte[] out = new byte[image.pixels().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = blend(0, image.pixels()[i] & 0xff, factor);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** Pillow's {@code ImageEnhance.Contrast}: blended with the mean of the grey image. */
  static RgbImage contrast(RgbImage image, double factor) {
    long sum = 0;
    for (int i = 0; i < image.pixels().length; i += 3) {
      sum += RgbImage.grey(image.pixels(), i);
    }
    int mean = (int) ((double) sum / (image.pixels().length / 3) + 0.5);
    byte[] out = new byte[image.pixels().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = blend(mean, image.pixels()[i] & 0xff, factor);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** Pillow's {@code ImageEnhance.Color}: blended with the grey image. */
  static RgbImage saturation(RgbImage image, double factor) {
    byte[] out = new byte[image.pixels().length];
    for (int i = 0; i < out.length; i++) {
      int grey = RgbImage.grey(image.pixels(), i - i % 3);
      out[i] = blend(grey, image.pixels()[i] & 0xff, factor);
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** Pillow's {@code Image.blend}: float32, cut off, clipped. */
  static byte blend(int from, int to, double factor) {
    float value = from + (float) factor * (to - from);
    return (byte) (value <= 0 ? 0 : value >= 255 ? 255 : (int) value);
  }
}
