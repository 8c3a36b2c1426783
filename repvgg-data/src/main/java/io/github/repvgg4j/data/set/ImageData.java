package io.github.repvgg4j.data.set;

import io.github.repvgg4j.data.listing.DataSetListing;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.listing.SplitRule;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A data set to train on: {@code train/CLASS/IMAGE} and {@code test/CLASS/IMAGE} (or {@code val/})
 * in a folder or in a zip, which is read where it lies; one folder of classes, which is divided; or
 * a manifest. Class names in alphabetical order are the labels. What is an image and what is passed
 * over: {@link DataSetListing}.
 */
public final class ImageData implements Closeable {

  private final List<String> labels;
  private final ImageSplit train;
  private final ImageSplit test;
  private final Optional<ImageSplit> finalTest;
  private final List<String> notes;
  private final DataSetListing listing;
  private final Closeable source;

  private ImageData(DataSetListing listing, ImageFolder source) {
    this.labels = listing.labels();
    this.train = source.split(listing.train());
    this.test = source.split(listing.test());
    this.finalTest = listing.finalTest().map(source::split);
    this.notes = listing.notes();
    this.listing = listing;
    this.source = source;
  }

  /**
   * How a data set is read.
   *
   * @param split by which classes without a test part are divided
   * @param labelling how many classes an image has
   */
  public record Options(Optional<SplitRule> split, Labelling labelling) {
    /** As it lies there, one class an image. */
    public static final Options PLAIN = new Options(Optional.empty());

    /** With one class an image. */
    public Options(Optional<SplitRule> split) {
      this(split, Labelling.ONE);
    }

    public Options withLabelling(Labelling other) {
      return new Options(split, other);
    }
  }

  /** Opens a data set that has a test part. */
  public static ImageData open(Path path) throws IOException {
    return open(path, Options.PLAIN);
  }

  /**
   * Opens a folder, a zip or a manifest.
   *
   * @throws IOException one line: what was found, what is wrong, what is expected
   */
  public static ImageData open(Path path, Options options) throws IOException {
    return ImageFolder.open(
        path,
        options.labelling(),
        folder -> new ImageData(folder.forTraining(options.split()), folder));
  }

  /** Class names in the order of the network's outputs. */
  public List<String> labels() {
    return labels;
  }

  public ImageSplit train() {
    return train;
  }

  /** By which the best epoch is chosen: {@code val} where there is one, else {@code test}. */
  public ImageSplit test() {
    return test;
  }

  /** Where there are {@code val} and {@code test}: the latter, to be looked at once, at the end. */
  public Optional<ImageSplit> finalTest() {
    return finalTest;
  }

  /** What a user should hear of it, a line each: what was passed over, what is chosen by what. */
  public List<String> notes() {
    return notes;
  }

  /**
   * A folder to write to must not lie where what is written would be taken for classes and images.
   *
   * @throws IOException it does: one line
   */
  public void requireApart(Path folder) throws IOException {
    listing.requireApart(folder);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
