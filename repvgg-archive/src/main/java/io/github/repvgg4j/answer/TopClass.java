package io.github.repvgg4j.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.repvgg4j.archive.ModelMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * One of the likeliest classes of an image.
 *
 * @param index of the network's output
 * @param label its name, its number where labels are unknown
 * @param probability 0 to 1; null where the network's head gives none
 * @param output what such a head gives instead; null where there is a probability
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TopClass(int index, String label, Double probability, Double output) {

  /**
   * The {@code count} classes with the largest answers, largest first, lower index first where
   * equal.
   */
  public static List<TopClass> of(
      double[] answers, Meaning meaning, int count, ModelMetadata metadata) {
    if (count < 0) {
      throw new IllegalArgumentException("count: 0 classes or more, got " + count);
    }
    boolean probabilities = meaning.isProbability();
    return likeliest(answers, Math.min(count, answers.length))
        .map(
            i ->
                new TopClass(
                    i,
                    metadata.label(i),
                    probabilities ? answers[i] : null,
                    probabilities ? null : answers[i]))
        .toList();
  }

  /** All are looked at, and only so many ordered. */
  private static Stream<Integer> likeliest(double[] answers, int count) {
    Comparator<Integer> order =
        Comparator.comparingDouble((Integer i) -> -answers[i]).thenComparing(i -> i);
    PriorityQueue<Integer> found = new PriorityQueue<>(count + 1, order.reversed());
    for (int i = 0; i < answers.length; i++) {
      if (found.size() < count) {
        found.add(i);
      } else if (count > 0 && Double.compare(-answers[i], -answers[found.peek()]) < 0) {
        found.poll();
        found.add(i);
      }
    }
    return found.stream().sorted(order);
  }

  /** The probability, or what stands in its place. */
  public double value() {
    return probability == null ? output : probability;
  }
}
