package io.github.repvgg4j.bench.quantization;

import java.util.Arrays;

/**
 * How far two runtimes agree on the same images.
 *
 * @param images how many
 * @param sameBits images whose logits are the same to the last bit
 * @param otherClass images with another class first
 * @param largestDifference of two logits, over the largest logit of their image; over all images
 * @param widestMargin between the first runtime's two best logits, over the largest, among images
 *     with another class first; 0 where there are none
 * @param medianMargin the same among all images
 */
record Agreement(
    int images,
    int sameBits,
    int otherClass,
    double largestDifference,
    double widestMargin,
    double medianMargin) {

  /**
   * Compares.
   *
   * @param first {@code [images, classes]}
   * @param second {@code [images, classes]}
   */
  static Agreement of(float[] first, float[] second, int images) {
    if (first.length != second.length || images < 1 || first.length % images != 0) {
      throw new IllegalArgumentException(
          "logits: " + first.length + " and " + second.length + " are not of " + images);
    }
    int classes = first.length / images;
    int sameBits = 0;
    int otherClass = 0;
    double largest = 0;
    double widest = 0;
    double[] margins = new double[images];
    for (int i = 0; i < images; i++) {
      float[] a = Arrays.copyOfRange(first, i * classes, (i + 1) * classes);
      float[] b = Arrays.copyOfRange(second, i * classes, (i + 1) * classes);
      double difference = difference(a, b);
      largest = Math.max(largest, difference);
      sameBits += difference == 0 ? 1 : 0;
      margins[i] = margin(a);
      if (best(a) != best(b)) {
        otherClass++;
        widest = Math.max(widest, margins[i]);
      }
    }
    Arrays.sort(margins);
    return new Agreement(images, sameBits, otherClass, largest, widest, margins[images / 2]);
  }

  private static double difference(float[] a, float[] b) {
    double most = 0;
    for (int c = 0; c < a.length; c++) {
      double difference = Math.abs((double) a[c] - b[c]);
      most = difference > most || Double.isNaN(difference) ? difference : most;
    }
    return most / size(a);
  }

  private static double margin(float[] logits) {
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    return last == 0 ? 0 : ((double) sorted[last] - sorted[last - 1]) / size(logits);
  }

  private static double size(float[] logits) {
    double most = 0;
    for (float logit : logits) {
      most = Math.max(most, Math.abs(logit));
    }
    return most == 0 ? 1 : most;
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      best = logits[c] > logits[best] ? c : best;
    }
    return best;
  }
}
