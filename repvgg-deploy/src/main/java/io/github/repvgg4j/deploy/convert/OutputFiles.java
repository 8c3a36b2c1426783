package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
   * @param inputs what is read, none of which is ever written over
   * @param zip what is to be written
   * @param placeholder of the zip in the help, such as {@code FAST.zip}
   * @throws IOException one line: what stands in the way
   */
  public static OutputFiles of(List<Path> inputs, Path zip, Existing existing, String placeholder)
      throws IOException {
    OutputPlace.check(zip); // a folder may have no name
    Path report = zip.resolveSibling(stem(zip) + ".report.json");
    for (Path file : new Path[] {zip, report}) {
      OutputPlace.check(file, inputs.toArray(Path[]::new));
      if (existing == Existing.REFUSE && OutputPlace.isTaken(file)) {
        throw new IOException(
            file
                + ": exists already; --force replaces it, -o "
                + placeholder
                + " writes elsewhere");
      }
    }
    return new OutputFiles(zip, report);
  }

  /**
   * A zip of a name that others can be made of.
   *
   * @throws IOException one line: a folder
   */
  public static void requireZip(Path source) throws IOException {
    if (Files.isDirectory(source)) {
      throw new IOException(source + ": is not a file; give the path of a zip");
    }
  }

  /** A zip's name without its ending. */
  public static String stem(Path zip) {
    String name = zip.getFileName().toString();
    return name.endsWith(ZIP) ? name.substring(0, name.length() - ZIP.length()) : name;
  }
}
