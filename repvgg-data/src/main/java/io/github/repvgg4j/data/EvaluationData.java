package io.github.repvgg4j.data;

import io.github.repvgg4j.data.listing.EvaluationListing;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What is evaluated of a data set: its {@code test} part, else {@code val}, else all images of its
 * classes.
 */
public final class EvaluationData implements Closeable {

  private final List<String> labels;
  private final ImageSplit images;
  private final List<String> notes;
  private final Closeable source;

  private EvaluationData(EvaluationListing listing, ImageFolder source) {
    this.labels = listing.labels();
    this.images = source.split(listing.part());
    this.notes = listing.notes();
    this.source = source;
  }

  /**
   * Opens a folder, a zip or a manifest.
   *
   * @param options of the run, whose test images these are to be
   * @param known names of the model's classes; empty where it has none
   * @throws IOException one line: what was found, what is wrong, what is expected
   */
  public static EvaluationData open(Path path, ImageData.Options options, List<String> known)
      throws IOException {
    ImageFolder folder = ImageFolder.open(path);
    try {
      return new EvaluationData(folder.forEvaluation(options.split(), known), folder);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Names of the classes, sorted. */
  public List<String> labels() {
    return labels;
  }

  public ImageSplit images() {
    return images;
  }

  /** What a user should hear of it, a line each. */
  public List<String> notes() {
    return notes;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
