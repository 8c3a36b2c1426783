package io.github.repvgg4j.data.listing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The classes and images of a data set, in an order that depends on nothing but their names.
 *
 * @param labels names of the classes, sorted
 * @param train to learn from
 * @param test by which the best epoch is chosen: {@code val} where there is one
 * @param finalTest looked at once, at the end; present where there are {@code val} and {@code test}
 * @param notes what is worth saying, a line each
 */
public record DataSetListing(
    List<String> labels,
    ListedPart train,
    ListedPart test,
    Optional<ListedPart> finalTest,
    List<String> notes) {

  private static final String EXPECTED =
      "expected train/CLASS/IMAGE and test/CLASS/IMAGE (or val/, valid/, validation/), or"
          + " CLASS/IMAGE with data.split";

  /**
   * Images with their classes.
   *
   * @param name what messages call the part
   * @param images of all classes, one class after the other
   * @param classes of each image, from 0
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record ListedPart(String name, List<ListedImage> images, int[] classes) {

    static ListedPart of(
        String name, List<String> labels, SortedMap<String, List<ListedImage>> byClass) {
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
      return new ListedPart(name, List.copyOf(images), classes);
    }
  }

  /**
   * One part of a data set, to be evaluated.
   *
   * @param labels names of the classes, sorted
   */
  public record Labelled(List<String> labels, ListedPart part, List<String> notes) {}

  /**
   * What is trained on.
   *
   * @param rule for classes without a test part
   * @throws IOException one line: what is there, what is wrong, what to do
   */
  public static DataSetListing forTraining(FileTree tree, Optional<SplitRule> rule)
      throws IOException {
    return forTraining(tree, FolderParts.of(tree, Set.of()), rule);
  }

  /** The same of a manifest, whose paths are locations in the tree. */
  public static DataSetListing forTraining(
      FileTree tree, Manifest manifest, Optional<SplitRule> rule) throws IOException {
    return forTraining(tree, ManifestParts.of(tree, manifest), rule);
  }

  private static DataSetListing forTraining(
      FileTree tree, DataParts parts, Optional<SplitRule> rule) throws IOException {
    Set<SplitName> splits = parts.splits();
    boolean hasVal = splits.contains(SplitName.VAL);
    boolean hasTest = splits.contains(SplitName.TEST);
    if (!splits.isEmpty() && !splits.contains(SplitName.TRAIN)) {
      throw new IOException(
          parts.shown() + ": has no train part; " + EXPECTED + "; found " + parts.found());
    }
    if (!hasVal && !hasTest) {
      return divided(tree, parts, splits.isEmpty() ? null : SplitName.TRAIN, rule);
    }
    SplitName chooser = hasVal ? SplitName.VAL : SplitName.TEST;
    if (rule.isPresent()) {
      throw new IOException(
          parts.shown() + ": has " + parts.name(chooser) + " already; remove data.split");
    }
    SortedMap<String, List<ListedImage>> train = parts.classes(SplitName.TRAIN);
    requireImages(parts, SplitName.TRAIN, train);
    List<String> labels = List.copyOf(train.keySet());
    ListedPart test = tested(parts, chooser, train);
    List<String> notes = new ArrayList<>();
    Optional<ListedPart> last = Optional.empty();
    if (hasVal && hasTest) {
      last = Optional.of(tested(parts, SplitName.TEST, train));
      notes.add(
          parts.shown()
              + ": the best epoch is chosen by "
              + parts.name(SplitName.VAL)
              + "; "
              + parts.name(SplitName.TEST)
              + " is tested once, at the end");
    }
    notes.addAll(notes(tree, parts));
    ListedPart trained = ListedPart.of(parts.name(SplitName.TRAIN), labels, train);
    return new DataSetListing(labels, trained, test, last, List.copyOf(notes));
  }

  private static ListedPart tested(
      DataParts parts, SplitName split, SortedMap<String, List<ListedImage>> train)
      throws IOException {
    SortedMap<String, List<ListedImage>> classes = parts.classes(split);
    if (!train.keySet().equals(classes.keySet())) {
      throw new IOException(
          parts.shown()
              + ": "
              + parts.name(SplitName.TRAIN)
              + " and "
              + parts.name(split)
              + " have other classes; only in train: "
              + without(train.keySet(), classes.keySet())
              + ", only in "
              + split.text()
              + ": "
              + without(classes.keySet(), train.keySet()));
    }
    requireImages(parts, split, classes);
    return ListedPart.of(parts.name(split), List.copyOf(train.keySet()), classes);
  }

  private static Set<String> without(Set<String> some, Set<String> others) {
    Set<String> left = new TreeSet<>(some);
    left.removeAll(others);
    return left;
  }

  private static DataSetListing divided(
      FileTree tree, DataParts parts, SplitName split, Optional<SplitRule> rule)
      throws IOException {
    SortedMap<String, List<ListedImage>> classes = parts.classes(split);
    boolean nothing = classes.values().stream().allMatch(List::isEmpty);
    if (nothing && split == null) {
      throw new IOException(
          parts.shown()
              + ": has no train/CLASS/ folders; "
              + EXPECTED
              + "; found "
              + parts.found());
    }
    if (rule.isEmpty()) {
      throw new IOException(
          parts.shown()
              + ": has "
              + classes.size()
              + (classes.size() == 1 ? " class" : " classes")
              + " but no test part; add test/CLASS/IMAGE (or val/), or let images be set aside by"
              + " data.split: {test: 0.2}; found "
              + parts.found());
    }
    requireImages(parts, split, classes);
    HashSplit.Sides sides;
    try {
      sides = HashSplit.of(tree, classes, rule.get(), image -> parts.ownName(image, split));
    } catch (IOException e) {
      throw new IOException(parts.shown() + ": " + e.getMessage(), e);
    }
    List<String> labels = List.copyOf(classes.keySet());
    ListedPart train = ListedPart.of("train", labels, sides.train());
    ListedPart test = ListedPart.of("test", labels, sides.test());
    return new DataSetListing(labels, train, test, Optional.empty(), notes(tree, parts));
  }

  /**
   * What is evaluated: {@code test}, or {@code val}, or what {@code data.split} sets aside, or else
   * all images.
   *
   * @param rule by which a run set its test images aside
   * @param known names of the model's classes; empty where it has none
   * @throws IOException one line: what is there, what is wrong, what to do
   */
  public static Labelled forEvaluation(FileTree tree, Optional<SplitRule> rule, List<String> known)
      throws IOException {
    return forEvaluation(tree, FolderParts.of(tree, composed(known)), rule);
  }

  private static Set<String> composed(List<String> names) {
    return names.stream().map(ListedImage::composed).collect(Collectors.toSet());
  }

  /** The same of a manifest, whose paths are locations in the tree. */
  public static Labelled forEvaluation(FileTree tree, Manifest manifest, Optional<SplitRule> rule)
      throws IOException {
    return forEvaluation(tree, ManifestParts.of(tree, manifest), rule);
  }

  private static Labelled forEvaluation(FileTree tree, DataParts parts, Optional<SplitRule> rule)
      throws IOException {
    SplitName split = null;
    for (SplitName better : List.of(SplitName.TRAIN, SplitName.VAL, SplitName.TEST)) {
      split = parts.splits().contains(better) ? better : split;
    }
    if (rule.isPresent() && (split == null || split == SplitName.TRAIN)) {
      DataSetListing whole = divided(tree, parts, split, rule);
      return new Labelled(whole.labels, whole.test, whole.notes);
    }
    SortedMap<String, List<ListedImage>> classes = parts.classes(split);
    if (classes.isEmpty()) {
      throw new IOException(
          parts.shown()
              + ": has no class folders; expected CLASS/IMAGE or test/CLASS/IMAGE; found "
              + parts.found());
    }
    requireImages(parts, split, classes);
    List<String> labels = List.copyOf(classes.keySet());
    List<String> notes = new ArrayList<>(notes(tree, parts));
    if (split == SplitName.TRAIN) {
      notes.add(0, parts.shown() + ": has no test part; all images of train are taken");
    }
    ListedPart part = ListedPart.of(split == null ? "" : parts.name(split), labels, classes);
    return new Labelled(labels, part, List.copyOf(notes));
  }

  /**
   * All images of a tree, at any depth and whatever their classes.
   *
   * @param labels one for each image: the class folder that it lies in; empty where it lies in none
   */
  public record AllImages(List<ListedImage> images, List<String> labels, List<String> notes) {}

  /** Finds all images of a tree, in the order of their names. */
  public static AllImages everything(FileTree tree) throws IOException {
    FolderWalk walk = new FolderWalk(tree);
    List<ListedImage> images = FolderParts.inOrder(walk.images(walk.root()));
    List<String> labels = images.stream().map(image -> label(image.name())).toList();
    List<String> notes = walk.passedOver().line(tree.shown("")).stream().toList();
    return new AllImages(images, labels, notes);
  }

  /** All images that a manifest names, in the order of their classes and names. */
  public static AllImages everything(FileTree tree, Manifest manifest) throws IOException {
    ManifestParts parts = ManifestParts.of(tree, manifest);
    List<ListedImage> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (var entry : parts.all().entrySet()) {
      images.addAll(entry.getValue());
      entry.getValue().forEach(image -> labels.add(entry.getKey()));
    }
    return new AllImages(List.copyOf(images), List.copyOf(labels), notes(tree, parts));
  }

  /** {@code CLASS/IMAGE} and {@code test/CLASS/IMAGE} have a class, a folder of images has none. */
  private static String label(String name) {
    String[] parts = name.split("/", 4);
    if (parts.length > 2 && SplitName.of(parts[0]).isPresent()) {
      return parts[1];
    }
    return parts.length > 1 ? parts[0] : "";
  }

  private static void requireImages(
      DataParts parts, SplitName split, SortedMap<String, List<ListedImage>> classes)
      throws IOException {
    List<String> empty =
        classes.entrySet().stream()
            .filter(entry -> entry.getValue().isEmpty())
            .map(entry -> (split == null ? "" : parts.name(split)) + entry.getKey())
            .collect(Collectors.toList());
    if (!empty.isEmpty()) {
      String which =
          empty.size() == 1
              ? "class folder " + empty.get(0) + " is empty: it has"
              : "class folders " + String.join(", ", empty) + " are empty: they have";
      throw new IOException(parts.shown() + ": " + which + " no images; add some or remove it");
    }
  }

  private static List<String> notes(FileTree tree, DataParts parts) {
    List<String> notes = new ArrayList<>(parts.notes());
    parts.passedOver().line(parts.shown()).ifPresent(notes::add);
    if (tree instanceof ZipTree zip && zip.hasLegacyNames()) {
      notes.add(tree.shown("") + ": names that are no UTF-8 were read in the code page 437");
    }
    return List.copyOf(notes);
  }
}
