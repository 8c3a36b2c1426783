package io.github.repvgg4j.data.listing;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Images with their classes.
 *
 * @param images of all classes, one class after the other
 * @param classes of each image, from 0, rising; one but with {@link Labelling#SEVERAL}
 */
@SuppressWarnings("ArrayRecordComponent")
public record ListedPart(List<ListedImage> images, int[][] classes) {

  static ListedPart of(
      List<String> labels, SortedMap<String, List<ListedImage>> byKey, Labelling labelling) {
    List<ListedImage> images = new ArrayList<>();
    byKey.values().forEach(images::addAll);
    int[][] classes = new int[images.size()][];
    int at = 0;
    for (var entry : byKey.entrySet()) {
      int[] set =
          labelling.names(entry.getKey()).stream().mapToInt(labels::indexOf).sorted().toArray();
      for (int i = 0; i < entry.getValue().size(); i++) {
        classes[at++] = set;
      }
    }
    return new ListedPart(List.copyOf(images), classes);
  }

  /** The class of image {@code index}, where it has one. */
  public int classOf(int index) {
    return classes[index][0];
  }
}
