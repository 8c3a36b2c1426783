package io.github.repvgg4j.deploy.quantize.gate;

/**
 * How much worse the second of two networks is on the same images. The interval is Tango's score
 * interval for the difference of two paired proportions (T. Tango, Statistics in Medicine 17, 1998,
 * 891-908), which keeps its 95 % with few images and few differences too: where the networks agree
 * on all of n images, it still ends at 3.84 / (n + 3.84).
 *
 * @param images how many
 * @param firstRight images that the first network classes rightly
 * @param onlyFirst those that only the first does
 * @param onlySecond those that only the second does
 */
public record PairedDrop(int images, int firstRight, int onlyFirst, int onlySecond) {

  /** Of the normal distribution, two-sided 95 %. */
  private static final double Z = 1.959963984540054;

  private static final int HALVINGS = 60;

  /**
   * @throws IllegalArgumentException counts that are not of so many images
   */
  public PairedDrop {
    if (images < 1
        || onlyFirst < 0
        || onlySecond < 0
        || onlyFirst > firstRight
        || firstRight + onlySecond > images) {
      throw new IllegalArgumentException(
          "counts: "
              + firstRight
              + ", "
              + onlyFirst
              + " and "
              + onlySecond
              + " are not of "
              + images
              + " images");
    }
  }

  /**
   * Counts.
   *
   * @param truth class of each image
   * @param first what the first network answers
   * @param second what the second answers
   */
  public static PairedDrop of(int[] truth, int[] first, int[] second) {
    int right = 0;
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < truth.length; i++) {
      boolean a = first[i] == truth[i];
      boolean b = second[i] == truth[i];
      right += a ? 1 : 0;
      onlyFirst += a && !b ? 1 : 0;
      onlySecond += b && !a ? 1 : 0;
    }
    return new PairedDrop(truth.length, right, onlyFirst, onlySecond);
  }

  /** Share of the images that the first network classes rightly. */
  public double first() {
    return (double) firstRight / images;
  }

  /** The same of the second. */
  public double second() {
    return (double) (firstRight - onlyFirst + onlySecond) / images;
  }

  /** First less second, -1 to 1. */
  public double drop() {
    return (double) (onlyFirst - onlySecond) / images;
  }

  /** Lower end of the 95 % interval. */
  public double lower() {
    return -end(onlySecond, onlyFirst);
  }

  /** Upper end of the 95 % interval. */
  public double upper() {
    return end(onlyFirst, onlySecond);
  }

  /** The largest difference that the counts do not rule out. */
  private double end(int b, int c) {
    double from = (double) (b - c) / images;
    double to = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (from + to) / 2;
      if (score(b, c, middle) > -Z) {
        from = middle;
      } else {
        to = middle;
      }
    }
    return to;
  }

  /** How many standard deviations the counts are from a true difference. */
  private double score(double b, double c, double difference) {
    double n = images;
    double linear = -b - c + (2 * n - b + c) * difference;
    double constant = -c * difference * (1 - difference);
    double root = Math.sqrt(Math.max(0, linear * linear - 8 * n * constant));
    double onlySecondShare = (root - linear) / (4 * n);
    double variance = n * (2 * onlySecondShare + difference * (1 - difference));
    return variance <= 0 ? -Double.MAX_VALUE : (b - c - n * difference) / Math.sqrt(variance);
  }
}
