package io.github.repvgg4j.data.listing;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Images with their classes.
 *
 * @param images of all classes, one class after the other
 * @param classes of each image, from 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record ListedPart(List<ListedImage> images, int[] classes) {

  static ListedPart of(List<String> labels, SortedMap<String, List<ListedImage>> byClass) {
    List<ListedImage> images = new ArrayList<>();
    byClass.values().forEach(images::addAll);
    int[] classes = new int[images.size()];
    int at = 0;
    for (var entry : byClass.entrySet()) {
      int label = labels.indexOf(entry.getKey());
      for (int i = 0; i < entry.getValue().size(); i++) {
        classes[at++] = label;
      }
    }
    return new ListedPart(List.copyOf(images), classes);
  }
}
