package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.data.listing.FolderWalk.Folder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds the folders of classes in a tree: below {@code train/} and its like, or side by side. */
final class FolderParts implements DataParts {

  private static final int MAX_WRAPPERS = 2;

  /** Folders beside each other that are looked into for a {@code train/}. */
  private static final int MAX_PROBED = 16;

  private static final Comparator<ListedImage> BY_NAME =
      Comparator.comparing(ListedImage::name).thenComparing(ListedImage::location);

  private final FolderWalk walk;
  private final Folder at;
  private final Map<SplitName, Folder> splits;
  private final Set<String> labels;
  private final List<String> notes = new ArrayList<>();

  private record Located(Folder at, Map<SplitName, Folder> splits) {}

  private FolderParts(FolderWalk walk, Located located, Set<String> labels) throws IOException {
    this.walk = walk;
    this.at = located.at;
    this.splits = located.splits;
    this.labels = labels;
    for (Folder above = at.parent(), used = at;
        above != null;
        used = above, above = above.parent()) {
      walk.countOthers(above, List.of(used));
    }
    if (!splits.isEmpty()) {
      List<Folder> used = new ArrayList<>();
      for (Folder split : splits.values()) {
        boolean unwrapped = !split.parent().equals(at);
        used.add(unwrapped ? split.parent() : split);
        if (unwrapped) {
          walk.countOthers(split.parent(), List.of(split));
        }
      }
      walk.countOthers(at, used);
    }
  }

  /**
   * @param labels that are known already; a folder of such a name is a class
   */
  static FolderParts of(FileTree tree, Set<String> labels) throws IOException {
    FolderWalk walk = new FolderWalk(tree);
    return new FolderParts(walk, locate(walk, labels), labels);
  }

  private static Located locate(FolderWalk walk, Set<String> labels) throws IOException {
    List<Folder> level = List.of(walk.root());
    for (int depth = 0; depth <= MAX_WRAPPERS && level.size() <= MAX_PROBED; depth++) {
      List<Located> found = new ArrayList<>();
      List<Folder> next = new ArrayList<>();
      for (Folder folder : level) {
        List<Folder> children = walk.folders(folder);
        Map<SplitName, Folder> splits = splits(walk, children);
        if (splits.containsKey(SplitName.TRAIN) || (level.size() == 1 && !splits.isEmpty())) {
          found.add(new Located(folder, splits));
        }
        next.addAll(children);
      }
      if (found.size() > 1) {
        throw ambiguous(walk, found);
      }
      if (found.size() == 1) {
        return found.get(0);
      }
      level = next;
    }
    return new Located(classesWithoutSplit(walk, labels), Map.of());
  }

  private static IOException ambiguous(FolderWalk walk, List<Located> found) {
    return new IOException(
        walk.tree().shown("")
            + ": holds several data sets: "
            + String.join(", ", found.stream().map(f -> f.at.location() + "/").toList())
            + "; give the path of one");
  }

  /** Folders named like a part that hold folders; images of trains in a class are none. */
  private static Map<SplitName, Folder> splits(FolderWalk walk, List<Folder> children)
      throws IOException {
    Map<SplitName, Folder> splits = new EnumMap<>(SplitName.class);
    for (Folder child : children) {
      SplitName name = SplitName.of(child.name()).orElse(null);
      if (name == null || walk.folders(child).isEmpty()) {
        continue;
      }
      Folder other = splits.put(name, unwrapped(walk, child, name));
      if (other != null) {
        throw new IOException(
            walk.tree().shown("")
                + ": "
                + other.location()
                + "/ and "
                + child.location()
                + "/ both name the same part; keep one of them");
      }
    }
    return splits;
  }

  /** {@code train/train/CLASS} is what two zips unpacked into each other leave. */
  private static Folder unwrapped(FolderWalk walk, Folder split, SplitName name)
      throws IOException {
    List<Folder> children = walk.folders(split);
    boolean wraps =
        children.size() == 1
            && SplitName.of(children.get(0).name()).equals(Optional.of(name))
            && !walk.folders(children.get(0)).isEmpty();
    return wraps ? children.get(0) : split;
  }

  /** The root, or the only folder in it where that is no class but holds the classes. */
  private static Folder classesWithoutSplit(FolderWalk walk, Set<String> labels)
      throws IOException {
    Folder at = walk.root();
    for (int depth = 0; depth < MAX_WRAPPERS; depth++) {
      List<Folder> children = walk.folders(at);
      if (children.size() != 1 || walk.holdsImages(at)) {
        return at;
      }
      Folder only = children.get(0);
      if (labels.contains(only.name()) || walk.holdsImages(only) || walk.folders(only).size() < 2) {
        return at;
      }
      at = only;
    }
    return at;
  }

  @Override
  public Labelling labelling() {
    return Labelling.ONE; // a folder is one class
  }

  @Override
  public Set<SplitName> splits() {
    return splits.keySet();
  }

  @Override
  public SortedMap<String, List<ListedImage>> classes(SplitName split) throws IOException {
    Folder parent = split == null ? at : splits.get(split);
    List<Folder> folders = walk.folders(parent);
    if (split == null) {
      requireClasses(folders);
    }
    walk.countOthers(parent, folders);
    SortedMap<String, List<ListedImage>> classes = new TreeMap<>();
    for (Folder folder : folders) {
      List<ListedImage> images = classes.get(folder.name());
      if (images == null) {
        images = new ArrayList<>();
        classes.put(folder.name(), images);
      } else {
        notes.add(
            walk.tree().shown(parent.child(folder.name()))
                + ": stands twice, in composed and in decomposed Unicode; taken as one class");
      }
      images.addAll(walk.images(folder));
    }
    classes.replaceAll((label, images) -> inOrder(images));
    return classes;
  }

  /** Images right in {@code train/} and {@code test/} have no class. */
  private void requireClasses(List<Folder> folders) throws IOException {
    boolean onlyParts =
        folders.stream()
            .allMatch(f -> SplitName.of(f.name()).isPresent() && !labels.contains(f.name()));
    if (!folders.isEmpty() && onlyParts) {
      throw new IOException(
          shown()
              + ": has images but no class folders in "
              + String.join(", ", folders.stream().map(f -> f.location() + "/").toList())
              + "; expected train/CLASS/IMAGE and test/CLASS/IMAGE, or a table"
              + " path,label[,split]; found "
              + found());
    }
  }

  /** By name; two that differ in the spelling of letters only are both called as they are. */
  static List<ListedImage> inOrder(List<ListedImage> images) {
    List<ListedImage> sorted = new ArrayList<>(images);
    sorted.sort(BY_NAME);
    for (int i = 1; i < sorted.size(); i++) {
      ListedImage before = sorted.get(i - 1);
      if (before.name().equals(sorted.get(i).name())) {
        sorted.set(i, sorted.get(i).spelledAsItIs());
        sorted.set(i - 1, before.spelledAsItIs());
      }
    }
    return sorted;
  }

  @Override
  public Set<String> homes() {
    return (splits.isEmpty() ? List.of(at) : splits.values())
        .stream().map(Folder::realPath).collect(Collectors.toSet());
  }

  @Override
  public String name(SplitName split) {
    return (split == null ? at : splits.get(split)).location() + "/";
  }

  @Override
  public String ownName(ListedImage image, SplitName split) {
    String folder = ListedImage.composed((split == null ? at : splits.get(split)).location());
    return folder.isEmpty() ? image.name() : image.name().substring(folder.length() + 1);
  }

  @Override
  public String shown() {
    return walk.tree().shown("");
  }

  @Override
  public String found() throws IOException {
    return new FolderSketch(walk).of(walk.root());
  }

  @Override
  public String expected() {
    return "expected train/CLASS/IMAGE and test/CLASS/IMAGE (or val/, valid/, validation/), or"
        + " CLASS/IMAGE with data.split";
  }

  @Override
  public String missingTest() {
    return "add test/CLASS/IMAGE (or val/)";
  }

  @Override
  public PassedOver passedOver() {
    return walk.passedOver();
  }

  @Override
  public List<String> notes() {
    return notes;
  }
}
