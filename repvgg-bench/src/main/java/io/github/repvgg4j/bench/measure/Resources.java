package io.github.repvgg4j.bench.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files of ours that another program reads. */
public final class Resources {

  private Resources() {}

  /**
   * Puts resources into a folder, under their names.
   *
   * @param neighbour whose package holds them
   */
  public static void copy(Class<?> neighbour, Path folder, String... names) throws IOException {
    for (String name : names) {
      try (InputStream resource = neighbour.getResourceAsStream(name)) {
        Files.copy(resource, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
