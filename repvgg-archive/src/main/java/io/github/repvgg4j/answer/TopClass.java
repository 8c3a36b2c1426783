package io.github.repvgg4j.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.repvgg4j.archive.ModelMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
    return IntStream.range(0, answers.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -answers[i]))
        .limit(count)
        .map(
            i ->
                new TopClass(
                    i,
                    metadata.label(i),
                    probabilities ? answers[i] : null,
                    probabilities ? null : answers[i]))
        .toList();
  }

  /** The probability, or what stands in its place. */
  public double value() {
    return probability == null ? output : probability;
  }
}
