package io.github.repvgg4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * A data set of images: {@code train/CLASS/IMAGE} and {@code test/CLASS/IMAGE} (or {@code val/}) in
 * a folder or in a zip, which is read where it lies. Class names in alphabetical order are the
 * labels. Hidden files are passed over; every other file in a class folder is an image.
 */
public final class ImageData implements Closeable {

  private final List<String> labels;
  private final ImageSplit train;
  private final ImageSplit test;
  private final Closeable source;

  private ImageData(List<String> labels, ImageSplit train, ImageSplit test, Closeable source) {
    this.labels = labels;
    this.train = train;
    this.test = test;
    this.source = source;
  }

  /** Lists of images by class, for each split. */
  interface Listing extends Closeable {
    /** Classes of a split with their images; empty when the split does not exist. */
    SortedMap<String, List<String>> split(String name) throws IOException;

    byte[] read(String name) throws BadImageException;
  }

  /**
   * Opens a folder or a zip.
   *
   * @throws IOException one line: which folder, what is wrong, what is expected
   */
  public static ImageData open(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException(path + ": no such folder or zip");
    }
    Listing listing = Files.isDirectory(path) ? new FolderListing(path) : new ZipListing(path);
    try {
      return of(path, listing);
    } catch (IOException | RuntimeException e) {
      listing.close();
      throw e;
    }
  }

  private static ImageData of(Path path, Listing listing) throws IOException {
    SortedMap<String, List<String>> train = listing.split("train");
    SortedMap<String, List<String>> test = listing.split("test");
    if (test.isEmpty()) {
      test = listing.split("val");
    }
    if (train.isEmpty() || test.isEmpty()) {
      throw new IOException(
          path
              + ": has no "
              + (train.isEmpty() ? "train" : "test")
              + "/CLASS/ folders; expected train/CLASS/IMAGE and test/CLASS/IMAGE");
    }
    checkClasses(path, train, test);
    List<String> labels = List.copyOf(train.keySet());
    return new ImageData(
        labels,
        ImageSplit.of(new ArrayList<>(train.values()), (index, name) -> listing.read(name)),
        ImageSplit.of(new ArrayList<>(test.values()), (index, name) -> listing.read(name)),
        listing);
  }

  private static void checkClasses(
      Path path, SortedMap<String, List<String>> train, SortedMap<String, List<String>> test)
      throws IOException {
    if (!train.keySet().equals(test.keySet())) {
      TreeSet<String> onlyTrain = new TreeSet<>(train.keySet());
      onlyTrain.removeAll(test.keySet());
      TreeSet<String> onlyTest = new TreeSet<>(test.keySet());
      onlyTest.removeAll(train.keySet());
      throw new IOException(
          path
              + ": train/ and test/ have other classes; only in train: "
              + onlyTrain
              + ", only in test: "
              + onlyTest);
    }
    for (String label : train.keySet()) {
      if (train.get(label).isEmpty() || test.get(label).isEmpty()) {
        String split = train.get(label).isEmpty() ? "train" : "test";
        throw new IOException(
            path + ": class folder " + split + "/" + label + " is empty; add images or remove it");
      }
    }
  }

  /** Class names in the order of the network's outputs. */
  public List<String> labels() {
    return labels;
  }

  public ImageSplit train() {
    return train;
  }

  public ImageSplit test() {
    return test;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
