package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.archive.ModelMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One of the likeliest classes of an image.
 *
 * @param index of the network's output
 * @param label its name, its number where labels are unknown
 * @param probability 0 to 1
 */
public record TopClass(int index, String label, double probability) {

  /** The {@code count} likeliest classes, likeliest first, lower index first where equal. */
  public static List<TopClass> of(double[] probabilities, int count, ModelMetadata metadata) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
        .limit(count)
        .map(i -> new TopClass(i, metadata.label(i), probabilities[i]))
        .toList();
  }
}
