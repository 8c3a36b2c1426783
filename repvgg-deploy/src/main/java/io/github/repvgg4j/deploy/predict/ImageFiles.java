package io.github.repvgg4j.deploy.predict;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Finds image files. */
public final class ImageFiles {

  /** What a folder's images are told by; formats that cannot be decoded are named as such later. */
  private static final Set<String> ENDINGS =
      Set.of("jpg", "jpeg", "png", "bmp", "gif", "webp", "tif", "tiff");

  private ImageFiles() {}

  /**
   * Files as they are given; of folders, the images in them at any depth, by name.
   *
   * @throws IOException one line, when a path does not exist or a folder has no image
   */
  public static List<Path> find(List<Path> paths) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        List<Path> found = inFolder(path);
        if (found.isEmpty()) {
          throw new IOException(path + ": has no image files");
        }
        files.addAll(found);
      } else {
        files.add(path); // one that is missing is named like any other bad image
      }
    }
    return files;
  }

  private static List<Path> inFolder(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(file -> isImage(file.getFileName().toString()))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  static boolean isImage(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
