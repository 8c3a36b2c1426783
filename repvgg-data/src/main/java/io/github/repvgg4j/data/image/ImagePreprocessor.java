package io.github.repvgg4j.data.image;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.spec.InputShape;

/**
 * From an image to a network's input, without chance: resized so that it covers the input divided
 * by {@code cropFraction}, its centre cut out (torchvision's {@code Resize} and {@code
 * CenterCrop}), scaled to 0..1, {@code (x - mean) / std} taken per channel. One channel means grey
 * (ITU-R 601, as Pillow's mode L). Thread-safe.
 */
public final class ImagePreprocessor {

  private final Preprocessing preprocessing;
  private final InputShape input;
  private final float[][] table;

  /**
   * @throws IllegalArgumentException when the network's channels are neither 1 nor 3, or the
   *     preprocessing has another number of them
   */
  public ImagePreprocessor(Preprocessing preprocessing, InputShape input) {
    if (input.channels() != 1 && input.channels() != 3) {
      throw new IllegalArgumentException(
          "input: images have 1 (grey) or 3 (RGB) channels, the network has " + input.channels());
    }
    if (preprocessing.mean().size() != input.channels()) {
      throw new IllegalArgumentException(
          "preprocessing: mean and std have "
              + preprocessing.mean().size()
              + " numbers, the network's input has "
              + input.channels()
              + " channels");
    }
    this.preprocessing = preprocessing;
    this.input = input;
    this.table = table(preprocessing);
  }

  private static float[][] table(Preprocessing preprocessing) {
    float[][] table = new float[preprocessing.mean().size()][256];
    for (int c = 0; c < table.length; c++) {
      double mean = preprocessing.mean().get(c);
      double std = preprocessing.std().get(c);
      for (int v = 0; v < 256; v++) {
        table[c][v] = (float) ((v / 255.0 - mean) / std);
      }
    }
    return table;
  }

  /** The same mean and deviation for another size. */
  public ImagePreprocessor withInput(InputShape newInput) {
    return new ImagePreprocessor(preprocessing, newInput);
  }

  public InputShape input() {
    return input;
  }

  /** Floats of one image: C * H * W. */
  public int length() {
    return input.channels() * input.height() * input.width();
  }

  /** {@code [images, C, H, W]}, of a batch. */
  public long[] shape(int images) {
    return new long[] {images, input.channels(), input.height(), input.width()};
  }

  /** One prepared image, {@code [C, H, W]} in C order. */
  public float[] apply(RgbImage image) {
    float[] values = new float[length()];
    write(image, values, 0);
    return values;
  }

  /** The same into a larger array, from {@code offset} on. */
  public void write(RgbImage image, float[] target, int offset) {
    normalise(fit(image), target, offset);
  }

  /**
   * Reads one image and prepares it; whatever goes wrong is this image's fault.
   *
   * @param name of the image, for messages
   * @param target receives {@code [C, H, W]} from {@code offset} on
   */
  public void write(
      String name, BadImageException.Work<RgbImage> reading, float[] target, int offset)
      throws BadImageException {
    normalise(fit(name, reading), target, offset);
  }

  /** The part of an image that the network sees; whatever goes wrong is this image's fault. */
  public RgbImage fit(String name, BadImageException.Work<RgbImage> reading)
      throws BadImageException {
    return BadImageException.naming(name, () -> fit(reading.run()));
  }

  /**
   * The part of the image that the network sees, as pixels. Only that part of the resized image is
   * computed, whose longer side has no bound.
   */
  public RgbImage fit(RgbImage image) {
    double fraction = preprocessing.cropFraction();
    long width = (long) (input.width() / fraction + 1e-9);
    long height = (long) (input.height() / fraction + 1e-9);
    // keeps the proportions; the longer side is cut to an integer as torchvision does
    if (Math.multiplyExact(width, image.height()) >= Math.multiplyExact(height, image.width())) {
      height = width * image.height() / image.width();
    } else {
      width = height * image.width() / image.height();
    }
    return Resampling.resize(
        image, Resampling.Window.centre(width, height, input.width(), input.height()));
  }

  /**
   * Normalises an image that already has the network's size.
   *
   * @param target receives {@code [C, H, W]} from {@code offset} on
   */
  public void normalise(RgbImage image, float[] target, int offset) {
    int pixels = input.height() * input.width();
    byte[] rgb = image.pixels();
    if (rgb.length != 3 * pixels) {
      throw new IllegalArgumentException(
          "image: " + image.width() + " x " + image.height() + " does not fit input " + input);
    }
    if (input.channels() == 1) {
      for (int i = 0; i < pixels; i++) {
        target[offset + i] = table[0][RgbImage.grey(rgb, 3 * i)];
      }
      return;
    }
    for (int c = 0; c < 3; c++) {
      float[] channel = table[c];
      int at = offset + c * pixels;
      for (int i = 0, source = c; i < pixels; i++, source += 3) {
        target[at + i] = channel[rgb[source] & 0xff];
      }
    }
  }
}
