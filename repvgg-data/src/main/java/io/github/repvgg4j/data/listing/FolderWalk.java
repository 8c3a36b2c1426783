package io.github.repvgg4j.data.listing;

import io.github.repvgg4j.data.listing.FileTree.Entry;
import io.github.repvgg4j.data.listing.PassedOver.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Goes through folders. Links are followed, but never to a folder that holds the one they stand in,
 * so no walk goes round in a circle. Links that fork again and again do not multiply without end:
 * behind {@value #MAX_LINKS} links, one inside the other, each folder is taken once only, and none
 * more than {@value #MOST_VISITS} times below one start.
 */
final class FolderWalk {

  private static final int MAX_DEPTH = 256;
  private static final int MAX_LINKS = 8;
  private static final int MOST_VISITS = 1000;

  private static final Comparator<Entry> BY_NAME =
      Comparator.comparing((Entry entry) -> ListedImage.composed(entry.name()))
          .thenComparing(Entry::name);

  private final FileTree tree;
  private final PassedOver passedOver = new PassedOver();

  FolderWalk(FileTree tree) {
    this.tree = tree;
  }

  /**
   * A folder on the way.
   *
   * @param location in the tree
   * @param name its own, composed
   * @param realPath with all links resolved
   * @param parent null for the root
   * @param depth 0 for the root
   * @param links on the way to it
   */
  record Folder(
      String location, String name, String realPath, Folder parent, int depth, int links) {

    String child(String childName) {
      return location.isEmpty() ? childName : location + "/" + childName;
    }

    /** Where the way here has come through {@value #MAX_LINKS} links. */
    String behindLinks() {
      Folder folder = this;
      while (folder.links > MAX_LINKS) {
        folder = folder.parent;
      }
      return folder.location;
    }

    /** Whether a real path is this folder, one above it on the way, or holds one of these. */
    boolean liesIn(String real) {
      for (Folder folder = this; folder != null; folder = folder.parent) {
        if (folder.realPath.equals(real) || folder.realPath.startsWith(real + "/")) {
          return true;
        }
      }
      return false;
    }
  }

  FileTree tree() {
    return tree;
  }

  PassedOver passedOver() {
    return passedOver;
  }

  Folder root() throws IOException {
    return new Folder("", "", tree.realPath(), null, 0, 0);
  }

  /** The folders in a folder that may hold images, by name. */
  List<Folder> folders(Folder parent) throws IOException {
    List<Entry> entries =
        tree.entries(parent.location).stream()
            .filter(entry -> entry.kind() == FileTree.Kind.FOLDER)
            .filter(entry -> !FileKind.isSystemFolder(entry.name()))
            .filter(entry -> !closesCircle(parent, entry))
            .sorted(BY_NAME)
            .toList();
    List<Folder> folders = new ArrayList<>();
    for (Entry entry : entries) {
      folders.add(enter(parent, entry));
    }
    return folders;
  }

  /** Whether images lie in the folder itself, as names and first bytes tell. */
  boolean holdsImages(Folder folder) throws IOException {
    for (Entry entry : tree.entries(folder.location)) {
      if (entry.kind() == FileTree.Kind.FILE && isImage(folder, entry) == FileKind.IMAGE) {
        return true;
      }
    }
    return false;
  }

  /** Counts what lies in a folder beside the class folders or splits that are read from it. */
  void countOthers(Folder folder, List<Folder> used) throws IOException {
    for (Entry entry : sorted(folder)) {
      String location = folder.child(entry.name());
      if (entry.kind() == FileTree.Kind.FOLDER) {
        if (FileKind.isSystemFolder(entry.name())) {
          passedOver.add(Reason.SYSTEM, location);
        } else if (closesCircle(folder, entry)) {
          passedOver.add(Reason.CIRCLE, location);
        } else if (used.stream().noneMatch(u -> u.location.equals(location))) {
          passedOver.add(Reason.FOLDER, location);
        }
      } else if (takes(folder, entry)) {
        passedOver.add(Reason.OUTSIDE, location);
      }
    }
  }

  /** All images below a folder, at any depth, in no order; what else lies there is counted. */
  List<ListedImage> images(Folder start) throws IOException {
    List<ListedImage> images = new ArrayList<>();
    Map<String, Integer> visits = new HashMap<>();
    Deque<Folder> open = new ArrayDeque<>();
    open.add(start);
    while (!open.isEmpty()) {
      Folder folder = open.remove();
      for (Entry entry : sorted(folder)) {
        if (entry.kind() == FileTree.Kind.FOLDER) {
          if (mayEnter(folder, entry, visits)) {
            open.add(enter(folder, entry));
          }
        } else if (takes(folder, entry)) {
          images.add(ListedImage.at(folder.child(entry.name()), entry.length()));
        }
      }
    }
    return images;
  }

  private List<Entry> sorted(Folder folder) throws IOException {
    List<Entry> entries = new ArrayList<>(tree.entries(folder.location));
    entries.sort(BY_NAME);
    return entries;
  }

  private boolean mayEnter(Folder parent, Entry entry, Map<String, Integer> visits) {
    String location = parent.child(entry.name());
    Reason reason = null;
    if (FileKind.isSystemFolder(entry.name())) {
      reason = Reason.SYSTEM;
    } else if (closesCircle(parent, entry)) {
      reason = Reason.CIRCLE;
    } else if (parent.depth >= MAX_DEPTH) {
      reason = Reason.DEEP;
    } else {
      String real = realPath(parent, entry);
      boolean again =
          visits.merge(real, 1, Integer::sum) > MOST_VISITS
              || (parent.links >= MAX_LINKS
                  && visits.merge(parent.behindLinks() + "\0" + real, 1, Integer::sum) > 1);
      reason = again ? Reason.REPEATED : null;
    }
    if (reason != null) {
      passedOver.add(reason, location);
    }
    return reason == null;
  }

  private static boolean closesCircle(Folder parent, Entry entry) {
    return entry.target() != null && parent.liesIn(entry.target());
  }

  private static String realPath(Folder parent, Entry entry) {
    return entry.target() != null ? entry.target() : parent.realPath + "/" + entry.name();
  }

  private Folder enter(Folder parent, Entry entry) throws IOException {
    String location = parent.child(entry.name());
    if (entry.name().indexOf('\uFFFD') >= 0) {
      throw new IOException(
          tree.shown(location) + ": the folder's name is not in UTF-8; rename it");
    }
    return new Folder(
        location,
        ListedImage.composed(entry.name()),
        realPath(parent, entry),
        parent,
        parent.depth + 1,
        parent.links + (entry.target() == null ? 0 : 1));
  }

  /** Whether it is an image; what is none is counted. */
  private boolean takes(Folder folder, Entry entry) throws IOException {
    FileKind kind = isImage(folder, entry);
    if (kind != FileKind.IMAGE) {
      boolean odd = entry.kind() != FileTree.Kind.FILE && kind == FileKind.UNKNOWN;
      Reason other = odd ? Reason.SPECIAL : Reason.NO_IMAGE;
      passedOver.add(kind == FileKind.SYSTEM ? Reason.SYSTEM : other, folder.child(entry.name()));
    }
    return kind == FileKind.IMAGE;
  }

  /** Never {@code UNKNOWN} for a file; a broken link with an image's name is a missing image. */
  private FileKind isImage(Folder folder, Entry entry) throws IOException {
    FileKind kind = FileKind.of(entry.name());
    return switch (entry.kind()) {
      case FILE -> kind == FileKind.UNKNOWN ? byContent(folder.child(entry.name()), entry) : kind;
      case BROKEN_LINK -> kind;
      case SPECIAL -> kind == FileKind.SYSTEM ? kind : FileKind.UNKNOWN;
      case FOLDER -> FileKind.OTHER;
    };
  }

  private FileKind byContent(String location, Entry entry) {
    if (entry.length() == 0) {
      return FileKind.OTHER;
    }
    try (InputStream in = tree.open(location)) {
      return ImageSignature.matches(in.readNBytes(ImageSignature.LENGTH))
          ? FileKind.IMAGE
          : FileKind.OTHER;
    } catch (IOException | java.nio.file.InvalidPathException e) {
      return FileKind.OTHER; // nothing says that it is an image
    }
  }
}
