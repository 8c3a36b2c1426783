package io.github.repvgg4j.runtime.check;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which pixels of a tensor are looked at.
 *
 * @param positions {@code y * width + x}, ascending
 */
@SuppressWarnings("ArrayRecordComponent")
record Pixels(int[] positions) {

  /** Where padding meets on two sides, on one, and on none. */
  private static final int PLACES = 3;

  static Pixels all(int height, int width) {
    return new Pixels(IntStream.range(0, height * width).toArray());
  }

  /**
   * All of them where there are no more, else corners, borders, the middle, and some by chance.
   *
   * @param most how many, at least 9
   */
  static Pixels sample(int height, int width, int most, long seed) {
    if (height * width <= most) {
      return all(height, width);
    }
    IntStream framed =
        IntStream.range(0, PLACES * PLACES)
            .map(i -> place(i / PLACES, height) * width + place(i % PLACES, width));
    IntStream random = new Random(seed).ints(0, height * width);
    return new Pixels(IntStream.concat(framed, random).distinct().limit(most).sorted().toArray());
  }

  private static int place(int third, int length) {
    return third * (length - 1) / (PLACES - 1);
  }

  int count() {
    return positions.length;
  }

  /** Those of each channel, of an array {@code [channels, pixels]} in C order. */
  double[] of(double[] values, int pixels) {
    int channels = values.length / pixels;
    double[] chosen = new double[channels * count()];
    Arrays.setAll(chosen, i -> values[i / count() * pixels + positions[i % count()]]);
    return chosen;
  }
}
