package io.github.repvgg4j.data.listing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What is evaluated of a data set: {@code test}, or {@code val}, or what a {@link SplitRule} sets
 * aside, or else all images.
 *
 * @param labels names of the classes, sorted
 * @param part its images
 * @param notes what is worth saying, a line each
 */
public record EvaluationListing(List<String> labels, ListedPart part, List<String> notes) {

  /** From the least to the most wanted. */
  private static final List<SplitName> WANTED =
      List.of(SplitName.TRAIN, SplitName.VAL, SplitName.TEST);

  /**
   * Lists a tree.
   *
   * @param rule by which a run set its test images aside
   * @param known names of the model's classes; empty where it has none
   * @throws IOException one line: what is there, what is wrong, what to do
   */
  public static EvaluationListing of(FileTree tree, Optional<SplitRule> rule, List<String> known)
      throws IOException {
    Set<String> labels = known.stream().map(ListedImage::composed).collect(Collectors.toSet());
    return of(tree, FolderParts.of(tree, labels), rule);
  }

  /** The same of a manifest, whose paths are locations in the tree. */
  public static EvaluationListing of(FileTree tree, Manifest manifest, Optional<SplitRule> rule)
      throws IOException {
    return of(tree, ManifestParts.of(tree, manifest), rule);
  }

  private static EvaluationListing of(FileTree tree, DataParts parts, Optional<SplitRule> rule)
      throws IOException {
    SplitName split = null;
    for (SplitName better : WANTED) {
      split = parts.splits().contains(better) ? better : split;
    }
    if (rule.isPresent() && (split == null || split == SplitName.TRAIN)) {
      DataSetListing whole = DataSetListing.divided(tree, parts, split, rule);
      return new EvaluationListing(whole.labels(), whole.test(), whole.notes());
    }
    SortedMap<String, List<ListedImage>> classes = parts.classes(split);
    if (classes.isEmpty()) {
      throw new IOException(
          parts.shown()
              + ": has no class folders; expected CLASS/IMAGE or test/CLASS/IMAGE; found "
              + parts.found());
    }
    parts.requireImages(split, classes);
    List<String> labels = List.copyOf(parts.labelling().allNames(classes.keySet()));
    List<String> notes = new ArrayList<>(parts.allNotes(tree));
    if (split == SplitName.TRAIN) {
      notes.add(0, parts.shown() + ": has no test part; all images of train are taken");
    }
    return new EvaluationListing(
        labels, ListedPart.of(labels, classes, parts.labelling()), List.copyOf(notes));
  }
}
