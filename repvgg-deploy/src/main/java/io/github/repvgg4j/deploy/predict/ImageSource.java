package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.data.BadImageException;
import io.github.repvgg4j.data.ImageReader;
import io.github.repvgg4j.data.ImageSplit;
import io.github.repvgg4j.data.RgbImage;
import io.github.repvgg4j.machine.FileNames;
import java.nio.file.Path;
import java.util.List;

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
        return ImageReader.read(files.get(index));
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
        return split.name(index);
      }

      @Override
      public RgbImage read(int index) throws BadImageException {
        return split.read(index);
      }
    };
  }
}
