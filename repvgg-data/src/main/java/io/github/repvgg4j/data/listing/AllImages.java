package io.github.repvgg4j.data.listing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All images of a tree, at any depth and whatever their classes.
 *
 * @param images by name
 * @param labels one for each image: the class that it lies in; empty where it lies in none
 * @param notes what is worth saying, a line each
 */
public record AllImages(List<ListedImage> images, List<String> labels, List<String> notes) {

  /**
   * Finds all images of a tree.
   *
   * @throws IOException one line, when there are none or a folder cannot be read
   */
  public static AllImages of(FileTree tree) throws IOException {
    FolderWalk walk = new FolderWalk(tree);
    List<ListedImage> images = FolderParts.inOrder(walk.images(walk.root()));
    if (images.isEmpty()) {
      String passedOver = walk.passedOver().text().map(text -> "; " + text).orElse("");
      throw new IOException(tree.shown("") + ": has no image files" + passedOver);
    }
    List<String> labels = images.stream().map(image -> label(image.name())).toList();
    return new AllImages(images, labels, walk.passedOver().line(tree.shown("")).stream().toList());
  }

  /** {@code CLASS/IMAGE} and {@code test/CLASS/IMAGE} have a class, a folder of images has none. */
  private static String label(String name) {
    String[] parts = name.split("/", 4);
    if (parts.length > 2 && SplitName.of(parts[0]).isPresent()) {
      return parts[1];
    }
    return parts.length > 1 ? parts[0] : "";
  }

  /** All images that a manifest names, class after class. */
  public static AllImages of(FileTree tree, Manifest manifest) throws IOException {
    ManifestParts parts = ManifestParts.of(tree, manifest);
    List<ListedImage> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (var entry : parts.all().entrySet()) {
      images.addAll(entry.getValue());
      entry.getValue().forEach(image -> labels.add(entry.getKey()));
    }
    return new AllImages(List.copyOf(images), List.copyOf(labels), parts.allNotes(tree));
  }
}
