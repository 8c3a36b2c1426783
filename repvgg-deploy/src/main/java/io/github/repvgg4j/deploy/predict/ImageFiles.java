package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.data.listing.Manifest;
import io.github.repvgg4j.data.set.OpenImages;
import io.github.repvgg4j.runtime.image.ImageSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The images that a user means by some paths, which may name folders, zips and manifests. */
public final class ImageFiles implements Closeable {

  private final List<OpenImages> opened = new ArrayList<>();
  private final List<ImageSource> sources = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private ImageFiles() {}

  /**
   * Files as they are given; of folders, zips and manifests the images in them.
   *
   * @throws IOException one line, when one of these cannot be read or has no image
   */
  public static ImageFiles find(List<Path> paths) throws IOException {
    ImageFiles files = new ImageFiles();
    try {
      for (Path path : paths) {
        files.add(path);
      }
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private void add(Path path) throws IOException {
    if (!Files.isDirectory(path) && !(Files.isRegularFile(path) && isCollection(path))) {
      sources.add(ImageSource.of(List.of(path))); // a missing one is named like any bad image
      return;
    }
    OpenImages found = OpenImages.all(path);
    opened.add(found);
    notes.addAll(found.notes());
    sources.add(ImageSource.of(found.images()));
  }

  private static boolean isCollection(Path path) {
    return Manifest.isName(path.toString())
        || path.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
  }

  /** All images, in the order of the paths. */
  public ImageSource images() {
    return ImageSource.of(sources.toArray(ImageSource[]::new));
  }

  /** What a user should hear of it, a line each: what was passed over. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  @Override
  public void close() throws IOException {
    for (OpenImages found : opened) {
      found.close();
    }
  }
}
