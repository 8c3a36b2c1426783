package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * The classes and images of a data set, in an order that depends on nothing but their names.
 *
 * @param labels names of the classes, sorted
 * @param train to learn from
 * @param test by which the best epoch is chosen: {@code val} where there is one
 * @param finalTest looked at once, at the end; present where there are {@code val} and {@code test}
 * @param notes what is worth saying, a line each
 * @param homes local folders, by their real paths, in which each folder is a class
 */
public record DataSetListing(
    List<String> labels,
    ListedPart train,
    ListedPart test,
    Optional<ListedPart> finalTest,
    List<String> notes,
    Set<String> homes) {

  /** The file beside images that this project made itself; no user hears of it. */
  public static final String GENERATED_MARK = ".generated";

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
          parts.shown() + ": has no train part; " + parts.expected() + "; found " + parts.found());
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
    parts.requireImages(SplitName.TRAIN, train);
    List<String> labels = labels(parts, train.keySet());
    ListedPart test = tested(parts, chooser, labels);
    List<String> notes = new ArrayList<>();
    Optional<ListedPart> last = Optional.empty();
    if (hasVal && hasTest) {
      last = Optional.of(tested(parts, SplitName.TEST, labels));
      notes.add(
          parts.shown()
              + ": the best epoch is chosen by "
              + parts.name(SplitName.VAL)
              + "; "
              + parts.name(SplitName.TEST)
              + " is tested once, at the end");
    }
    notes.addAll(parts.allNotes(tree));
    ListedPart trained = ListedPart.of(labels, train, parts.labelling());
    return new DataSetListing(labels, trained, test, last, List.copyOf(notes), homes(tree, parts));
  }

  /** Lists of classes are written one a line, by ONNX files too. */
  private static List<String> labels(DataParts parts, Set<String> keys) throws IOException {
    List<String> labels = List.copyOf(parts.labelling().allNames(keys));
    for (String label : labels) {
      if (label.indexOf('\n') >= 0 || label.indexOf('\r') >= 0) {
        throw new IOException(
            parts.shown()
                + ": class '"
                + Printable.of(label)
                + "' has a line break in its name; rename it");
      }
    }
    return labels;
  }

  private static ListedPart tested(DataParts parts, SplitName split, List<String> labels)
      throws IOException {
    SortedMap<String, List<ListedImage>> classes = parts.classes(split);
    Set<String> train = new TreeSet<>(labels);
    Set<String> tested = parts.labelling().allNames(classes.keySet());
    boolean fits =
        parts.labelling() == Labelling.ONE ? train.equals(tested) : train.containsAll(tested);
    if (!fits && parts.labelling() == Labelling.SEVERAL) {
      throw new IOException(
          parts.shown()
              + ": "
              + parts.name(split)
              + " names classes that no image of train shows: "
              + without(tested, train)
              + "; add such images to train, or leave those classes out");
    }
    if (!fits) {
      throw new IOException(
          parts.shown()
              + ": "
              + parts.name(SplitName.TRAIN)
              + " and "
              + parts.name(split)
              + " have other classes; only in train: "
              + without(train, tested)
              + ", only in "
              + split.text()
              + ": "
              + without(tested, train)
              + "; give both the same classes");
    }
    parts.requireImages(split, classes);
    return ListedPart.of(labels, classes, parts.labelling());
  }

  private static Set<String> homes(FileTree tree, DataParts parts) throws IOException {
    return tree.realPath().isEmpty() ? Set.of() : parts.homes();
  }

  /**
   * A folder to write to must not lie where what is written would be taken for classes and images.
   *
   * @throws IOException it does: one line
   */
  public void requireApart(Path folder) throws IOException {
    Path there = folder.toAbsolutePath().normalize();
    Path existing = there;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    // As text: without a UTF-8 locale not every name that was read can be made a path again.
    String real = LocalTree.slashes(existing.toRealPath().resolve(existing.relativize(there)));
    for (String home : homes) {
      if ((real + "/").startsWith(home + "/")) {
        throw new IOException(
            folder
                + ": lies in "
                + home
                + ", where what is written would be taken for classes and images; write to a"
                + " folder outside it");
      }
    }
  }

  private static String without(Set<String> some, Set<String> others) {
    Set<String> left = new TreeSet<>(some);
    left.removeAll(others);
    return "[" + DataParts.few(left) + "]";
  }

  /** Divides the classes of a part, or of the whole, into training and test images. */
  static DataSetListing divided(
      FileTree tree, DataParts parts, SplitName split, Optional<SplitRule> rule)
      throws IOException {
    SortedMap<String, List<ListedImage>> classes = parts.classes(split);
    boolean nothing = classes.values().stream().allMatch(List::isEmpty);
    if (nothing && split == null) {
      throw new IOException(
          parts.shown()
              + ": has no train/CLASS/ folders; "
              + parts.expected()
              + "; found "
              + parts.found());
    }
    if (rule.isEmpty()) {
      throw new IOException(
          parts.shown()
              + ": has "
              + classes.size()
              + (classes.size() == 1 ? " class" : " classes")
              + " but no test part; "
              + parts.missingTest()
              + ", or let images be set aside by data.split: {test: 0.2}; found "
              + parts.found());
    }
    parts.requireImages(split, classes);
    HashSplit.Sides sides;
    try {
      sides =
          HashSplit.of(
              tree, parts.labelling(), classes, rule.get(), image -> parts.ownName(image, split));
    } catch (IOException e) {
      throw new IOException(parts.shown() + ": " + e.getMessage(), e);
    }
    List<String> labels = labels(parts, classes.keySet());
    ListedPart train = ListedPart.of(labels, sides.train(), parts.labelling());
    ListedPart test = ListedPart.of(labels, sides.test(), parts.labelling());
    return new DataSetListing(
        labels, train, test, Optional.empty(), parts.allNotes(tree), homes(tree, parts));
  }
}
