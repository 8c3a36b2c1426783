package io.github.repvgg4j.bench.loading;

import io.github.repvgg4j.data.set.GeneratedImages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip of 32 x 32 PNG files, as CIFAR-10 often comes. */
final class CifarLike {

  private CifarLike() {}

  /**
   * Writes {@code cifar-like.zip} below {@code folder}.
   *
   * @param trainPerClass training images of each of ten classes
   */
  static Path write(Path folder, int trainPerClass) throws IOException {
    Path images = folder.resolve("cifar-like");
    GeneratedImages.write(images, new GeneratedImages.Options(trainPerClass, 1, 32, 1));
    Path zip = folder.resolve("cifar-like.zip");
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (Path image : pngFiles(images)) {
        out.putNextEntry(new ZipEntry(images.relativize(image).toString()));
        Files.copy(image, out);
      }
    }
    return zip;
  }

  private static List<Path> pngFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
  }
}
