package io.github.repvgg4j.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Named images of one split, each with its class, in an order that depends on nothing but their
 * names. Bytes are read when they are asked for. Thread-safe.
 */
public final class ImageSplit {

  /** Reads the file of one image. */
  @FunctionalInterface
  public interface Content {
    byte[] read(int index, String name) throws BadImageException;
  }

  private final List<String> names;
  private final int[] classes;
  private final Content content;

  private ImageSplit(List<String> names, int[] classes, Content content) {
    this.names = names;
    this.classes = classes;
    this.content = content;
  }

  /**
   * @param namesByClass for each class, in the order of the labels, its images
   */
  static ImageSplit of(List<List<String>> namesByClass, Content content) {
    List<String> names = new ArrayList<>();
    namesByClass.forEach(names::addAll);
    int[] classes = new int[names.size()];
    int at = 0;
    for (int label = 0; label < namesByClass.size(); label++) {
      for (int i = 0; i < namesByClass.get(label).size(); i++) {
        classes[at++] = label;
      }
    }
    return of(names, classes, content);
  }

  /**
   * @param classes of each image, from 0
   */
  public static ImageSplit of(List<String> names, int[] classes, Content content) {
    return new ImageSplit(List.copyOf(names), classes.clone(), content);
  }

  /** Number of images. */
  public int size() {
    return classes.length;
  }

  /** Path or zip entry of image {@code index}. */
  public String name(int index) {
    return names.get(index);
  }

  /** Class of image {@code index}, from 0. */
  public int label(int index) {
    return classes[index];
  }

  /** Decodes image {@code index}. */
  public RgbImage read(int index) throws BadImageException {
    String name = name(index);
    return ImageReader.decode(name, content.read(index, name));
  }
}
