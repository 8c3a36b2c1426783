package io.github.repvgg4j.weights;

import java.util.StringJoiner;

/**
 * A tensor that holds numbers with which nothing can be computed.
 *
 * @param tensor its name
 * @param nan NaN among its numbers
 * @param infinite infinities among them, as stored or because float32 cannot hold the number
 * @param negative numbers below zero, where it is a variance
 * @param length all its numbers
 */
public record UnusableNumbers(String tensor, long nan, long infinite, long negative, long length) {

  @Override
  public String toString() {
    StringJoiner counts = new StringJoiner(", ", tensor + " (", " of " + length + ")");
    add(counts, nan, " NaN");
    add(counts, infinite, " Inf");
    add(counts, negative, " below zero");
    return counts.toString();
  }

  private static void add(StringJoiner counts, long count, String what) {
    if (count > 0) {
      counts.add(count + what);
    }
  }
}
