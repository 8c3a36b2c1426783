package io.github.repvgg4j.runtime.image;

import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.machine.FileNames;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Images by number, decoded when they are asked for. */
public interface ImageSource {

  int size();

  /** What a user calls image {@code index}: its path. */
  String name(int index);

  RgbImage read(int index) throws BadImageException;

  /** Image files. */
  static ImageSource of(List<Path> files) {
    return new ImageSource() {
      @Override
      public int size() {
        return files.size();
      }

      @Override
      public String name(int index) {
        return FileNames.text(files.get(index));
      }

      @Override
      public RgbImage read(int index) throws BadImageException {
        Path file = files.get(index);
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
          throw new BadImageException(file.toString(), "is a pipe, socket or device, not a file");
        }
        return ImageReader.read(file);
      }
    };
  }

  /**
   * One image file's content.
   *
   * @param name for messages
   */
  static ImageSource of(String name, byte[] file) {
    Objects.requireNonNull(file, "file");
    return one(name, () -> ImageReader.decode(name, file));
  }

  /**
   * One decoded image.
   *
   * @param name for messages
   */
  static ImageSource of(String name, BufferedImage image) {
    Objects.requireNonNull(image, "image");
    return one(name, () -> ImageReader.read(name, image));
  }

  private static ImageSource one(String name, BadImageException.Work<RgbImage> reading) {
    Objects.requireNonNull(name, "name");
    return new ImageSource() {
      @Override
      public int size() {
        return 1;
      }

      @Override
      public String name(int index) {
        return name;
      }

      @Override
      public RgbImage read(int index) throws BadImageException {
        return reading.run();
      }
    };
  }

  /** The images of several sources, one source after the other. */
  static ImageSource of(ImageSource... sources) {
    int[] end = new int[sources.length];
    for (int i = 0; i < sources.length; i++) {
      end[i] = (i == 0 ? 0 : end[i - 1]) + sources[i].size();
    }
    return new ImageSource() {
      @Override
      public int size() {
        return end.length == 0 ? 0 : end[end.length - 1];
      }

      @Override
      public String name(int index) {
        int source = source(index);
        return sources[source].name(index - end[source] + sources[source].size());
      }

      @Override
      public RgbImage read(int index) throws BadImageException {
        int source = source(index);
        return sources[source].read(index - end[source] + sources[source].size());
      }

      private int source(int index) {
        int at = Arrays.binarySearch(end, index);
        if (at < 0) {
          return -at - 1;
        }
        while (end[at] <= index) { // behind empty sources
          at++;
        }
        return at;
      }
    };
  }

  /** One part of a data set. */
  static ImageSource of(ImageSplit split) {
    return new ImageSource() {
      @Override
      public int size() {
        return split.size();
      }

      @Override
      public String name(int index) {
        return split.path(index);
      }

      @Override
      public RgbImage read(int index) throws BadImageException {
        return split.read(index);
      }
    };
  }
}
