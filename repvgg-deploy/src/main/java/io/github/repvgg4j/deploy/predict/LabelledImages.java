package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.data.ImageSplit;
import io.github.repvgg4j.machine.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images whose classes are known: {@code CLASS/IMAGE} below a folder, or below its {@code test/} or
 * {@code val/}, or the test part of a zipped data set.
 *
 * @param labels names of the classes, in the order of a model's outputs
 * @param images all images
 * @param classes number of each image's class, from 0
 */
@SuppressWarnings("ArrayRecordComponent")
public record LabelledImages(List<String> labels, ImageSource images, int[] classes) {

  /**
   * Lists a folder or a zip.
   *
   * @param labels of the model; empty where it does not know them: then the folders by name
   * @throws IOException one line: a class that the model does not know, an empty class folder, none
   */
  public static LabelledImages open(Path data, List<String> labels) throws IOException {
    if (Files.isRegularFile(data)) {
      return ofZip(data, labels);
    }
    if (!Files.isDirectory(data)) {
      throw new IOException(data + ": no such folder or zip");
    }
    Path root = root(data);
    List<Path> folders = visible(root).stream().filter(Files::isDirectory).toList();
    if (folders.isEmpty()) {
      throw new IOException(
          root + ": has no class folders; expected CLASS/IMAGE or test/CLASS/IMAGE");
    }
    List<String> names =
        folders.stream().map(folder -> FileNames.text(folder.getFileName())).toList();
    checkLabels(root, names, labels);
    List<String> order = labels.isEmpty() ? names : labels;
    List<Path> files = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (Path folder : folders) {
      List<Path> found = files(folder);
      files.addAll(found);
      int number = order.indexOf(FileNames.text(folder.getFileName()));
      found.forEach(file -> classes.add(number));
    }
    return new LabelledImages(
        order, ImageSource.of(files), classes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The test part of a zipped data set; it stays open, since images are read when asked for. */
  private static LabelledImages ofZip(Path zip, List<String> labels) throws IOException {
    ImageData data = ImageData.open(zip);
    checkLabels(zip, data.labels(), labels);
    List<String> order = labels.isEmpty() ? data.labels() : labels;
    ImageSplit test = data.test();
    int[] classes = new int[test.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = order.indexOf(data.labels().get(test.label(i)));
    }
    return new LabelledImages(order, ImageSource.of(test), classes);
  }

  private static Path root(Path data) {
    return Stream.of("test", "val")
        .map(data::resolve)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(data);
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

  /** Every visible file of a class folder is an image, as in training. */
  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path child : visible(folder)) {
      if (Files.isDirectory(child)) {
        files.addAll(files(child));
      } else {
        files.add(child);
      }
    }
    if (files.isEmpty()) {
      throw new IOException(folder + ": class folder is empty; add images or remove it");
    }
    return files;
  }

  private static List<Path> visible(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> !child.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    }
  }
}
