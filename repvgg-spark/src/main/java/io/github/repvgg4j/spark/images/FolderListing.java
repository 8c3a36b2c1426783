package io.github.repvgg4j.spark.images;

import io.github.repvgg4j.machine.FileNames;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Lists images below a folder; links are followed, hidden files and folders skipped. */
final class FolderListing {

  private static final Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "png", "bmp");

  private FolderListing() {}

  static List<ImageRef> list(FileSystem files, Path root) throws IOException {
    List<ImageRef> images = new ArrayList<>();
    Deque<Folder> open = new ArrayDeque<>();
    open.add(new Folder(root, "", ""));
    while (!open.isEmpty()) {
      Folder folder = open.remove();
      // An iterator, not an array of FileStatus: a folder may hold a million files.
      RemoteIterator<FileStatus> entries = files.listStatusIterator(folder.path());
      while (entries.hasNext()) {
        FileStatus entry = entries.next();
        String name = FileNames.readable(entry.getPath().getName());
        if (name.startsWith(".") || name.startsWith("_")) {
          continue;
        }
        if (entry.isDirectory()) {
          open.add(folder.child(entry.getPath(), name));
        } else if (isImage(name)) {
          images.add(
              ImageRef.ofFile(entry.getPath().toString(), folder.name() + name, folder.label()));
        }
      }
    }
    images.sort(Comparator.comparing(ImageRef::name));
    return images;
  }

  private static boolean isImage(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return EXTENSIONS.contains(extension);
  }

  /**
   * @param name from the root on, with a slash at the end
   * @param label the first folder below the root
   */
  private record Folder(Path path, String name, String label) {

    Folder child(Path childPath, String childName) {
      return new Folder(childPath, name + childName + "/", label.isEmpty() ? childName : label);
    }
  }
}
