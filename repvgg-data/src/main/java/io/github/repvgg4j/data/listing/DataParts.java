package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.text.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** What a data set is made of: parts with names, or one set of classes without. */
sealed interface DataParts permits FolderParts, ManifestParts {

  /** Names in a message. */
  int NAMED = 10;

  /** The named parts; empty where the classes lie side by side. */
  Set<SplitName> splits();

  /**
   * Classes with their images by name, of one part or of the whole where there are no parts.
   *
   * @param split null for the whole
   */
  SortedMap<String, List<ListedImage>> classes(SplitName split) throws IOException;

  /** How the keys of {@link #classes} name classes. */
  Labelling labelling();

  /** Local folders, by their real paths, in which each folder is a class. */
  Set<String> homes();

  /** What messages call a part, such as {@code Train/}. */
  String name(SplitName split);

  /** An image's name from its class on, whatever folders lie around the classes. */
  String ownName(ListedImage image, SplitName split);

  /** The data set in messages. */
  String shown();

  /** What is there, for the message that nothing fits. */
  String found() throws IOException;

  /** Which parts are expected, for the same message. */
  String expected();

  /** What to do where there is no test part. */
  String missingTest();

  /** What was left out so far. */
  PassedOver passedOver();

  /** What else is worth saying, a line each. */
  List<String> notes();

  /** What else is worth saying, and what was passed over, a line each. */
  default List<String> allNotes(FileTree tree) {
    List<String> notes = new ArrayList<>(notes());
    passedOver().line(shown()).ifPresent(notes::add);
    if (tree instanceof ZipTree zip && zip.hasLegacyNames()) {
      notes.add(
          tree.shown("")
              + ": names that are not in UTF-8 were read in the code page 437; if they look wrong,"
              + " pack it with UTF-8 names");
    }
    return List.copyOf(notes);
  }

  /**
   * @throws IOException one line, when a class has no images
   */
  default void requireImages(SplitName split, SortedMap<String, List<ListedImage>> classes)
      throws IOException {
    List<String> empty =
        classes.entrySet().stream()
            .filter(entry -> entry.getValue().isEmpty())
            .map(entry -> Printable.of((split == null ? "" : name(split)) + entry.getKey()))
            .toList();
    if (!empty.isEmpty()) {
      throw new IOException(
          shown()
              + (empty.size() == 1
                  ? ": class folder "
                      + empty.get(0)
                      + " is empty: it has no images; add some or"
                      + " remove it"
                  : ": class folders "
                      + few(empty)
                      + " are empty: they have no images; add some or"
                      + " remove them"));
    }
  }

  /** Names for a message. */
  static String few(Collection<String> names) {
    String first = names.stream().limit(NAMED).map(Printable::of).collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : first + " and " + (names.size() - NAMED) + " more";
  }
}
