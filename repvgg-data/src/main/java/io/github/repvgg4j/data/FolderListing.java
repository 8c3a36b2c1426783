package io.github.repvgg4j.data;

import io.github.repvgg4j.machine.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Images in folders. Names are paths relative to the root; linked folders are followed. */
final class FolderListing implements ImageData.Listing {

  private final Path root;

  FolderListing(Path root) {
    this.root = root;
  }

  @Override
  public SortedMap<String, List<String>> split(String name) throws IOException {
    SortedMap<String, List<String>> classes = new TreeMap<>();
    Path folder = root.resolve(name);
    if (Files.isDirectory(folder)) {
      for (Path child : visible(folder)) {
        if (Files.isDirectory(child)) {
          List<String> images = new ArrayList<>();
          collect(child, images);
          classes.put(FileNames.text(child.getFileName()), images);
        }
      }
    }
    return classes;
  }

  private void collect(Path folder, List<String> images) throws IOException {
    for (Path child : visible(folder)) {
      if (Files.isDirectory(child)) {
        collect(child, images);
      } else {
        images.add(FileNames.text(root.relativize(child)));
      }
    }
  }

  private static List<Path> visible(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(child -> !hidden(child.getFileName().toString())).sorted().toList();
    } catch (java.nio.file.AccessDeniedException e) {
      throw new IOException(folder + ": no permission to read", e);
    }
  }

  /** What file managers leave behind. */
  static boolean hidden(String name) {
    return name.startsWith(".") || name.equals("Thumbs.db") || name.equals("__MACOSX");
  }

  @Override
  public byte[] read(String name) throws BadImageException {
    return ImageReader.bytes(FileNames.resolve(root, name));
  }

  @Override
  public void close() {}
}
