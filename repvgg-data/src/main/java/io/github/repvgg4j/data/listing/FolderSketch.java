package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.data.listing.FileTree.Entry;
import io.github.repvgg4j.data.listing.FolderWalk.Folder;
import io.github.repvgg4j.text.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What lies in a folder, in a few words, for the message that it is no data set. */
final class FolderSketch {

  private static final int NAMES = 4;

  private final FolderWalk walk;

  FolderSketch(FolderWalk walk) {
    this.walk = walk;
  }

  /** Such as {@code images/ (train/, val/), labels/, 2 files (a.jpg, data.yaml)}. */
  String of(Folder root) throws IOException {
    List<String> parts = new ArrayList<>();
    List<Folder> folders = walk.folders(root);
    for (Folder folder : folders.subList(0, Math.min(NAMES, folders.size()))) {
      parts.add(Printable.of(folder.name()) + "/ (" + content(folder) + ")");
    }
    if (folders.size() > NAMES) {
      parts.add((folders.size() - NAMES) + " more folders");
    }
    files(root).ifPresent(parts::add);
    return parts.isEmpty() ? "nothing" : String.join(", ", parts);
  }

  private String content(Folder folder) throws IOException {
    List<String> parts = new ArrayList<>();
    List<Folder> folders = walk.folders(folder);
    folders.stream().limit(NAMES).forEach(f -> parts.add(Printable.of(f.name()) + "/"));
    if (folders.size() > NAMES) {
      parts.add((folders.size() - NAMES) + " more folders");
    }
    files(folder).ifPresent(parts::add);
    return parts.isEmpty() ? "empty" : String.join(", ", parts);
  }

  private java.util.Optional<String> files(Folder folder) throws IOException {
    List<String> names =
        walk.tree().entries(folder.location()).stream()
            .filter(entry -> entry.kind() != FileTree.Kind.FOLDER)
            .map(Entry::name)
            .filter(name -> FileKind.of(name) != FileKind.SYSTEM)
            .sorted()
            .map(Printable::of)
            .toList();
    if (names.isEmpty()) {
      return java.util.Optional.empty();
    }
    String few = String.join(", ", names.subList(0, Math.min(NAMES, names.size())));
    String more = names.size() > NAMES ? ", …" : "";
    return java.util.Optional.of(
        names.size() + (names.size() == 1 ? " file (" : " files (") + few + more + ")");
  }
}
