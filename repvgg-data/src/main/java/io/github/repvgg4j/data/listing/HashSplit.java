package io.github.repvgg4j.data.listing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Divides classes into training and test images by {@link SplitRule}. Images with the same bytes go
 * together, with the first of them by name; a class gets at least one image on each side.
 */
final class HashSplit {

  private final List<String> labels;
  private final List<ListedImage> images = new ArrayList<>();

  /** Where the images of each class begin; one more for the end. */
  private final int[] begin;

  private final int[] first;
  private final double[] position;
  private final boolean[] test;

  private HashSplit(
      FileTree tree,
      SortedMap<String, List<ListedImage>> byClass,
      SplitRule rule,
      Function<ListedImage, String> name) {
    labels = List.copyOf(byClass.keySet());
    byClass.values().forEach(images::addAll);
    begin = new int[labels.size() + 1];
    for (int label = 0; label < labels.size(); label++) {
      begin[label + 1] = begin[label] + byClass.get(labels.get(label)).size();
    }
    first = new EqualImages(tree, images).first();
    position = new double[first.length];
    test = new boolean[first.length];
    for (int i = 0; i < first.length; i++) {
      position[i] = rule.position(name.apply(images.get(first[i])));
      test[i] = position[i] < rule.test();
    }
  }

  /** Both sides, each with all classes. */
  record Sides(
      SortedMap<String, List<ListedImage>> train, SortedMap<String, List<ListedImage>> test) {}

  /**
   * @param labelling of the keys of {@code classes}; with several classes an image each class is to
   *     have an image to train, and a test image where chance gives it one
   * @param name of an image within the data set, whatever folders lie around it
   * @throws IOException one line: a class that cannot be on both sides
   */
  static Sides of(
      FileTree tree,
      Labelling labelling,
      SortedMap<String, List<ListedImage>> classes,
      SplitRule rule,
      Function<ListedImage, String> name)
      throws IOException {
    HashSplit split = new HashSplit(tree, classes, rule, name);
    if (labelling == Labelling.SEVERAL) {
      split.giveEachToTrain(labelling);
      return new Sides(split.side(false), split.side(true));
    }
    for (int label = 0; label < classes.size(); label++) {
      split.giveToBothSides(label);
    }
    for (int label = 0; label < classes.size(); label++) {
      if (split.lacks(label, true) || split.lacks(label, false)) {
        throw split.tooFew(label);
      }
    }
    return new Sides(split.side(false), split.side(true));
  }

  /** A class whose images are all on the side of the test gives the one nearest to the limit. */
  private void giveEachToTrain(Labelling labelling) throws IOException {
    Map<String, Integer> last = new TreeMap<>();
    Set<String> trained = new HashSet<>();
    for (int label = 0; label < labels.size(); label++) {
      List<String> names = labelling.names(labels.get(label));
      for (int i = begin[label]; i < begin[label + 1]; i++) {
        int image = i;
        names.forEach(n -> last.merge(n, image, (a, b) -> position[b] > position[a] ? b : a));
        if (!test[i]) {
          trained.addAll(names);
        }
      }
    }
    last.keySet().removeAll(trained);
    last.values().forEach(image -> move(image, false));
    if (IntStream.range(0, test.length).noneMatch(i -> test[i])) {
      throw new IOException(
          "data.split leaves no image to test: add images or raise data.split.test");
    }
  }

  private void giveToBothSides(int label) throws IOException {
    if (lacks(label, true)) {
      move(nearest(label, 1), true);
    } else if (lacks(label, false)) {
      move(nearest(label, -1), false);
    }
  }

  private boolean lacks(int label, boolean side) {
    for (int i = begin[label]; i < begin[label + 1]; i++) {
      if (test[i] == side) {
        return false;
      }
    }
    return true;
  }

  /** The image of a class with the lowest (1) or the highest (-1) position; it has others. */
  private int nearest(int label, int sign) throws IOException {
    int best = -1;
    boolean others = false;
    for (int i = begin[label]; i < begin[label + 1]; i++) {
      others |= best >= 0 && first[i] != first[best];
      best = best < 0 || sign * position[i] < sign * position[best] ? i : best;
    }
    if (!others) {
      throw tooFew(label);
    }
    return best;
  }

  private void move(int image, boolean side) {
    for (int i = 0; i < first.length; i++) {
      if (first[i] == first[image]) {
        test[i] = side;
      }
    }
  }

  private IOException tooFew(int label) {
    return new IOException(
        "class '"
            + labels.get(label)
            + "' has only one image, or copies of one, or of images of other classes; data.split"
            + " needs one to train and another to test: add images or remove the class");
  }

  private SortedMap<String, List<ListedImage>> side(boolean wanted) {
    SortedMap<String, List<ListedImage>> result = new TreeMap<>();
    for (int label = 0; label < labels.size(); label++) {
      List<ListedImage> chosen = new ArrayList<>();
      for (int i = begin[label]; i < begin[label + 1]; i++) {
        if (test[i] == wanted) {
          chosen.add(images.get(i));
        }
      }
      result.put(labels.get(label), chosen);
    }
    return result;
  }
}
