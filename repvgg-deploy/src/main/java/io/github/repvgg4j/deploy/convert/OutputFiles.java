package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the results of a job go that makes one zip of another.
 *
 * @param zip what was made
 * @param report {@code X.report.json} beside {@code X.zip}
 */
public record OutputFiles(Path zip, Path report) {

  private static final String ZIP = ".zip";

  /**
   * Refuses to touch what is there, unless told to.
   *
   * @param source what is read
   * @param zip what is to be written
   * @param placeholder of the zip in the help, such as {@code FAST.zip}
   * @throws IOException one line: what stands in the way
   */
  public static OutputFiles of(Path source, Path zip, Existing existing, String placeholder)
      throws IOException {
    Path report = zip.resolveSibling(stem(zip) + ".report.json");
    if (Files.exists(source) && Files.exists(zip) && Files.isSameFile(source, zip)) {
      throw new IOException(zip + ": is the input itself, which is never changed");
    }
    for (Path file : new Path[] {zip, report}) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + ": is a folder; name a file");
      }
      if (existing == Existing.REFUSE && Files.exists(file)) {
        throw new IOException(
            file
                + ": exists already; --force replaces it, -o "
                + placeholder
                + " writes elsewhere");
      }
    }
    return new OutputFiles(zip, report);
  }

  /** A zip's name without its ending. */
  public static String stem(Path zip) {
    String name = zip.getFileName().toString();
    return name.endsWith(ZIP) ? name.substring(0, name.length() - ZIP.length()) : name;
  }
}
