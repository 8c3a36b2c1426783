package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.data.listing.FileTree.Entry;
import io.github.repvgg4j.data.listing.PassedOver.Reason;
import io.github.repvgg4j.text.Count;
import io.github.repvgg4j.text.FailureWords;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The images that a manifest names; each is taken as it is named. */
final class ManifestParts implements DataParts {

  /** Names that another {@code ..} does not take away: above the root, and the root itself. */
  private static final Set<String> PARENT = Set.of("..", "");

  private final Manifest manifest;
  private final List<Manifest.Row> rows = new ArrayList<>();
  private final List<ListedImage> images = new ArrayList<>();
  private final PassedOver passedOver = new PassedOver();

  private ManifestParts(Manifest manifest) {
    this.manifest = manifest;
  }

  /**
   * @throws IOException one line: two labels of one image, no image at all, a path that is none
   */
  static ManifestParts of(FileTree tree, Manifest manifest) throws IOException {
    ManifestParts parts = new ManifestParts(manifest);
    Map<String, Manifest.Row> known = new HashMap<>();
    boolean any = false;
    for (Manifest.Row row : manifest.rows()) {
      String location = parts.location(tree, row);
      Manifest.Row before = known.putIfAbsent(place(location), row);
      if (before != null) {
        parts.again(before, row);
        continue;
      }
      Optional<Entry> entry = parts.entry(tree, location, row);
      any |= entry.isPresent();
      parts.add(row, location, entry);
    }
    if (!any) {
      throw new IOException(
          manifest.name()
              + ": none of its "
              + parts.rows.size()
              + " images is there, such as "
              + tree.shown(parts.images.get(0).location())
              + "; paths are relative to the manifest's folder");
    }
    return parts;
  }

  /** As written, without {@code ./}; with '/' where that is what exists. */
  private String location(FileTree tree, Manifest.Row row) throws IOException {
    String path = row.path();
    String plain = path.startsWith("./") ? path.substring(2) : path;
    boolean windows = plain.indexOf('\\') >= 0 && entry(tree, plain, row).isEmpty();
    String location = windows ? plain.replace('\\', '/') : plain;
    return location.startsWith("./") ? location.substring(2) : location;
  }

  /**
   * @throws IOException one line that names the table's, where nothing could have such a name
   */
  private Optional<Entry> entry(FileTree tree, String location, Manifest.Row row)
      throws IOException {
    try {
      return tree.entry(location);
    } catch (IOException | InvalidPathException e) {
      throw new IOException(
          manifest.name() + ": line " + row.line() + ": " + FailureWords.of(e), e);
    }
  }

  /** The same for two spellings of one place, with {@code .}, {@code ..} and doubled '/'. */
  private static String place(String location) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : location.split("/+", -1)) {
      if (name.equals("..") && !names.isEmpty() && !PARENT.contains(names.getLast())) {
        names.removeLast();
      } else if (!name.equals(".")) {
        names.add(name);
      }
    }
    return String.join("/", names);
  }

  private void again(Manifest.Row before, Manifest.Row row) throws IOException {
    if (!before.label().equals(row.label()) || before.split() != row.split()) {
      throw new IOException(
          manifest.name()
              + ": line "
              + row.line()
              + ": "
              + row.path()
              + " stands in line "
              + before.line()
              + " already, with another label or split");
    }
    passedOver.add(Reason.TWICE, row.path());
  }

  private void add(Manifest.Row row, String location, Optional<Entry> entry) throws IOException {
    FileTree.Kind kind = entry.map(Entry::kind).orElse(FileTree.Kind.FILE);
    if (kind == FileTree.Kind.FOLDER || kind == FileTree.Kind.SPECIAL) {
      throw new IOException(
          manifest.name()
              + ": line "
              + row.line()
              + ": "
              + row.path()
              + (kind == FileTree.Kind.FOLDER ? " is a folder" : " is a pipe, socket or device")
              + ", not an image");
    }
    rows.add(row);
    images.add(ListedImage.at(location, entry.map(Entry::length).orElse(-1L)));
  }

  @Override
  public Labelling labelling() {
    return manifest.labelling();
  }

  @Override
  public Set<SplitName> splits() {
    Set<SplitName> splits = EnumSet.noneOf(SplitName.class);
    if (manifest.hasSplit()) {
      rows.forEach(row -> splits.add(row.split()));
    }
    return splits;
  }

  @Override
  public SortedMap<String, List<ListedImage>> classes(SplitName split) {
    return classes(row -> row.split() == split);
  }

  /** Of all parts. */
  SortedMap<String, List<ListedImage>> all() {
    return classes(row -> true);
  }

  private SortedMap<String, List<ListedImage>> classes(Predicate<Manifest.Row> wanted) {
    SortedMap<String, List<ListedImage>> classes = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      if (wanted.test(rows.get(i))) {
        classes.computeIfAbsent(rows.get(i).label(), l -> new ArrayList<>()).add(images.get(i));
      }
    }
    classes.replaceAll((label, some) -> FolderParts.inOrder(some));
    return classes;
  }

  @Override
  public String name(SplitName split) {
    return split == null ? "" : split.text() + " of the manifest";
  }

  @Override
  public String ownName(ListedImage image, SplitName split) {
    return image.name();
  }

  @Override
  public String shown() {
    return manifest.name();
  }

  @Override
  public String found() {
    return Count.of(rows.size(), "image")
        + (splits().isEmpty()
            ? ", no split"
            : ", split " + String.join(", ", splits().stream().map(SplitName::text).toList()));
  }

  @Override
  public String expected() {
    return "expected path,label,split with train and test (or val), or no split and data.split";
  }

  @Override
  public String missingTest() {
    return "add a split column with train and test (or val)";
  }

  @Override
  public Set<String> homes() {
    return Set.of(); // a table names each image
  }

  @Override
  public PassedOver passedOver() {
    return passedOver;
  }

  @Override
  public List<String> notes() {
    return List.of();
  }
}
