package io.github.repvgg4j.data.set;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.listing.ListedImage;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Named images of one split, each with its class or classes, in an order that depends on nothing
 * but their names. Bytes are read when they are asked for. Thread-safe.
 */
public final class ImageSplit {

  /** Reads the file of one image. */
  @FunctionalInterface
  public interface Content {
    byte[] read(int index, String name) throws BadImageException;

    /** What messages call the image: its path. */
    default String path(int index, String name) {
      return name;
    }
  }

  private final List<ListedImage> images;
  private final int[][] classes;
  private final Content content;

  private ImageSplit(List<ListedImage> images, int[][] classes, Content content) {
    this.images = images;
    this.classes = classes;
    this.content = content;
  }

  /**
   * @param classes of each image, from 0
   */
  public static ImageSplit of(List<ListedImage> images, int[] classes, Content content) {
    return of(
        images, IntStream.of(classes).mapToObj(c -> new int[] {c}).toArray(int[][]::new), content);
  }

  /**
   * @param classes of each image, from 0, rising; not changed afterwards
   */
  public static ImageSplit of(List<ListedImage> images, int[][] classes, Content content) {
    if (images.size() != classes.length) {
      throw new IllegalArgumentException(images.size() + " images, " + classes.length + " classes");
    }
    return new ImageSplit(List.copyOf(images), classes.clone(), content);
  }

  /** Number of images. */
  public int size() {
    return classes.length;
  }

  /**
   * Path of image {@code index} from the data set's root on, '/' between names, in composed
   * Unicode: the same on every machine.
   */
  public String name(int index) {
    return images.get(index).name();
  }

  /** Class of image {@code index}, from 0, in a split whose images have one each. */
  public int label(int index) {
    if (classes[index].length != 1) {
      throw new IllegalStateException(
          name(index) + ": has " + classes[index].length + " classes, one was expected");
    }
    return classes[index][0];
  }

  /** Classes of image {@code index}, from 0, rising; the caller does not change them. */
  public int[] labels(int index) {
    return classes[index];
  }

  /** Bytes of the file of image {@code index} when it was listed; -1 unknown. */
  public long length(int index) {
    return images.get(index).length();
  }

  /** What messages call image {@code index}. */
  public String path(int index) {
    return content.path(index, name(index));
  }

  /**
   * The file of image {@code index} as it is, for a digest.
   *
   * @throws BadImageException where it cannot be read
   */
  public byte[] file(int index) throws BadImageException {
    return content.read(index, name(index));
  }

  /**
   * Decodes image {@code index}.
   *
   * @throws BadImageException whose {@link BadImageException#image} is its name
   */
  public RgbImage read(int index) throws BadImageException {
    String name = name(index);
    try {
      return ImageReader.decode(path(index), content.read(index, name));
    } catch (BadImageException e) {
      throw e.of(name);
    }
  }
}
