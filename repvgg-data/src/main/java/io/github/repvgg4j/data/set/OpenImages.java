package io.github.repvgg4j.data.set;

import io.github.repvgg4j.data.listing.AllImages;
import io.github.repvgg4j.data.listing.EvaluationListing;
import io.github.repvgg4j.data.listing.Labelling;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Images of a folder, a zip or a manifest that a model is to answer; readable until closed. */
public final class OpenImages implements Closeable {

  private final List<String> labels;
  private final ImageSplit images;
  private final List<String> notes;
  private final Closeable source;

  private OpenImages(List<String> labels, ImageSplit images, List<String> notes, Closeable source) {
    this.labels = labels;
    this.images = images;
    this.notes = notes;
    this.source = source;
  }

  /**
   * What is evaluated of a data set: its {@code test} part, else {@code val}, else all images of
   * its classes.
   *
   * @param options of the run, whose test images these are to be
   * @param known names of the model's classes; empty where it has none
   * @throws IOException one line: what was found, what is wrong, what is expected
   */
  public static OpenImages labelled(Path path, ImageData.Options options, List<String> known)
      throws IOException {
    return ImageFolder.open(
        path,
        options.labelling(),
        folder -> {
          EvaluationListing found = folder.forEvaluation(options.split(), known);
          return new OpenImages(found.labels(), folder.split(found.part()), found.notes(), folder);
        });
  }

  /**
   * All images at any depth, whatever their classes, in the order of their folders and names.
   *
   * @throws IOException one line: it is not there, cannot be read or has no images
   */
  public static OpenImages all(Path path) throws IOException {
    return ImageFolder.open(
        path,
        Labelling.SEVERAL, // whatever a table says of its images
        folder -> {
          AllImages found = folder.everything();
          int[][] noClasses = new int[found.images().size()][0];
          return new OpenImages(
              List.of(), folder.split(found.images(), noClasses), found.notes(), folder);
        });
  }

  /** Names of the classes, sorted; none where images were taken whatever their classes. */
  public List<String> labels() {
    return labels;
  }

  public ImageSplit images() {
    return images;
  }

  /** What a user should hear of it, a line each: what was passed over. */
  public List<String> notes() {
    return notes;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
