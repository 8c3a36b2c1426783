package io.github.repvgg4j.archive;

import io.github.repvgg4j.spec.InputShape;
import java.util.Random;

/**
 * Images that a seed makes, and what Deeplearning4j's logits of them were when the file was
 * written. Whoever runs the network otherwise holds its own logits against these.
 *
 * @param seed of {@link Random}
 * @param shape of one image
 * @param images how many
 * @param logits {@code [images, classes]} in C order, float32
 */
@SuppressWarnings("ArrayRecordComponent")
public record Probe(long seed, InputShape shape, int images, float[] logits) {

  /** The entry of a fast zip; see {@link ProbeJson}. */
  public static final String ENTRY = "probe.json";

  /** More images prove no more. */
  public static final int MAX_IMAGES = 16;

  /** Of all images: 16 MiB. */
  public static final long MAX_NUMBERS = 1L << 22;

  /**
   * @throws IllegalArgumentException one line: too many or too large images, logits that are not
   *     finite, do not fit the images, or are all the same, which would prove nothing
   */
  public Probe {
    if (images < 1 || images > MAX_IMAGES) {
      throw new IllegalArgumentException("images: must be 1 to " + MAX_IMAGES + ", got " + images);
    }
    if (numbers(shape) > MAX_NUMBERS / images) {
      throw new IllegalArgumentException(
          "shape: "
              + images
              + " images of "
              + shape
              + " are more than "
              + MAX_NUMBERS
              + " numbers");
    }
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new IllegalArgumentException("logits: hold " + logit);
      }
    }
    if (logits.length == 0 || logits.length % images != 0) {
      throw new IllegalArgumentException(
          "logits: " + logits.length + " numbers are no whole rows of " + images + " images");
    }
    if (isConstant(logits)) {
      throw new IllegalArgumentException(
          "logits: are all " + logits[0] + ", with which every network of zeros agrees");
    }
  }

  private static long numbers(InputShape shape) {
    return Math.multiplyExact(
        (long) shape.channels(), Math.multiplyExact((long) shape.height(), shape.width()));
  }

  /** Whether numbers are all the same, so that a comparison with them proves nothing. */
  public static boolean isConstant(float[] logits) {
    for (float logit : logits) {
      if (logit != logits[0]) {
        return false;
      }
    }
    return true;
  }

  /**
   * How far other logits of the same images are: max|other - recorded| / max|recorded|; NaN where
   * one is not finite or their number is another.
   */
  public double difference(float[] other) {
    double largest = 0;
    double difference = other.length == logits.length ? 0 : Double.NaN;
    for (int i = 0; i < Math.min(other.length, logits.length); i++) {
      if (!Float.isFinite(other[i])) {
        return Double.NaN;
      }
      largest = Math.max(largest, Math.abs(logits[i]));
      difference = Math.max(difference, Math.abs((double) other[i] - logits[i]));
    }
    return difference / largest;
  }

  /** Logits of one image. */
  public int classes() {
    return logits.length / images;
  }

  /**
   * All images, {@code [images, C, H, W]} in C order: see {@link #values(long, InputShape, int)}.
   */
  public float[] values() {
    return values(seed, shape, images);
  }

  /**
   * Evenly spread numbers from -2 to 2, each image brighter than the one before by 0.5.
   *
   * @return {@code [images, C, H, W]} in C order
   */
  public static float[] values(long seed, InputShape shape, int images) {
    int perImage = Math.toIntExact(numbers(shape));
    float[] values = new float[Math.multiplyExact(perImage, images)];
    Random random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = 4 * random.nextFloat() - 2 + 0.5f * (i / perImage);
    }
    return values;
  }
}
