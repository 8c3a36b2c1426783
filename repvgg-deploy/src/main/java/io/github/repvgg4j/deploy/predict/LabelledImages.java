package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.data.listing.ListedImage;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.data.set.OpenImages;
import io.github.repvgg4j.runtime.image.ImageSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images whose classes are known: the test part of a data set, or one folder of classes.
 *
 * @param labels names of the classes, in the order of a model's outputs
 * @param images all images; decoded when asked for, so this stays open
 * @param classes numbers of each image's classes, from 0, rising; one unless it was opened for
 *     several
 * @param notes what a user should hear of it, a line each
 * @param source what is closed
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelledImages(
    List<String> labels, ImageSource images, int[][] classes, List<String> notes, Closeable source)
    implements Closeable {

  /** Of a data set as it lies there. */
  public static LabelledImages open(Path data, List<String> labels) throws IOException {
    return open(data, ImageData.Options.PLAIN, labels);
  }

  /**
   * Lists a folder, a zip or a manifest.
   *
   * @param options of the run whose test images these are to be
   * @param labels of the model; empty where it does not know them: then the classes by name
   * @throws IOException one line: a class that the model does not know, an empty class folder, none
   */
  public static LabelledImages open(Path data, ImageData.Options options, List<String> labels)
      throws IOException {
    OpenImages opened = OpenImages.labelled(data, options, labels);
    try {
      List<String> names = opened.labels();
      List<String> known = labels.stream().map(ListedImage::composed).toList();
      checkLabels(data, names, known);
      List<String> order = known.isEmpty() ? names : known;
      int[] number = names.stream().mapToInt(order::indexOf).toArray();
      ImageSplit images = opened.images();
      int[][] classes = new int[images.size()][];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = IntStream.of(images.labels(i)).map(c -> number[c]).sorted().toArray();
      }
      return new LabelledImages(order, ImageSource.of(images), classes, opened.notes(), opened);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The class of image {@code index}, where each has one. */
  public int classOf(int index) {
    return classes[index][0];
  }

  private static void checkLabels(Path root, List<String> names, List<String> labels)
      throws IOException {
    List<String> unknown = names.stream().filter(name -> !labels.contains(name)).toList();
    if (!labels.isEmpty() && !unknown.isEmpty()) {
      throw new IOException(
          root
              + ": has classes that the model does not know: "
              + String.join(", ", unknown)
              + " (it knows "
              + String.join(", ", labels.subList(0, Math.min(labels.size(), 10)))
              + (labels.size() > 10 ? ", …)" : ")"));
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
