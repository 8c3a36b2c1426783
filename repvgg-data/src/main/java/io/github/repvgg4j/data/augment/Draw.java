package io.github.repvgg4j.data.augment;

import java.util.SplittableRandom;

/**
 * The chance that one image meets in one epoch. It depends on (seed, epoch, index) and on nothing
 * else: not on the number of threads, nor on what was loaded before.
 */
public final class Draw {

  private final long seed;
  private final int epoch;
  private final int index;
  private final SplittableRandom random;

  private Draw(long seed, int epoch, int index) {
    this.seed = seed;
    this.epoch = epoch;
    this.index = index;
    this.random = new SplittableRandom(mix(mix(mix(seed) + epoch) + index));
  }

  /**
   * @param index of the image, or of whatever else draws
   */
  public static Draw of(long seed, int epoch, int index) {
    return new Draw(seed, epoch, index);
  }

  /** Uniform in [0, 1). */
  public double uniform() {
    return random.nextDouble();
  }

  /** Uniform in [from, to). */
  public double uniform(double from, double to) {
    return from + (to - from) * random.nextDouble();
  }

  /** Uniform in 0 to bound - 1. */
  public int integer(int bound) {
    return random.nextInt(bound);
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Standard normal. */
  public double gaussian() {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }

  /**
   * True in every second epoch, for half of the images in the even ones: each image is seen in both
   * states in any two epochs in a row (Jordan, airbench, 2024: alternating flip).
   */
  boolean alternate() {
    return ((mix(mix(seed ^ 0x5bd1e995L) + index) + epoch) & 1) == 1;
  }

  /** Symmetric beta distribution, by two gamma variates (Marsaglia and Tsang, 2000). */
  public double beta(double alpha) {
    double x = gamma(alpha);
    double y = gamma(alpha);
    return x + y == 0 ? 0.5 : x / (x + y);
  }

  private double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * Math.pow(1 - uniform(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = gaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }

  /** 0 to size - 1 in an order that depends on (seed, epoch). */
  public static int[] permutation(long seed, int epoch, int size) {
    SplittableRandom random = new SplittableRandom(mix(mix(seed ^ 0x0bd34a1fL) + epoch));
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
