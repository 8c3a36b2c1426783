package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the results of a conversion go.
 *
 * @param zip the fast form
 * @param report beside it
 */
record OutputFiles(Path zip, Path report) {

  private static final String ZIP = ".zip";

  /** Decides on the names, and refuses to touch what is there unless told to. */
  static OutputFiles of(Path model, ConvertOptions.Output output) throws IOException {
    Path zip = output.zip().orElseGet(() -> model.resolveSibling(fastName(name(model))));
    String base = name(zip);
    String stem = base.endsWith(ZIP) ? base.substring(0, base.length() - ZIP.length()) : base;
    Path report = zip.resolveSibling(stem + ".report.json");
    if (Files.exists(model) && Files.exists(zip) && Files.isSameFile(model, zip)) {
      throw new ConversionRefused(zip + ": is the input itself, which is never changed");
    }
    for (Path file : new Path[] {zip, report}) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + ": is a folder; name a file");
      }
      if (output.existing() == Existing.REFUSE && Files.exists(file)) {
        throw new IOException(
            file + ": exists already; --force replaces it, -o FAST.zip writes elsewhere");
      }
    }
    return new OutputFiles(zip, report);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static String fastName(String model) {
    if (model.equals("model.zip")) {
      return "fast.zip";
    }
    String stem = model.endsWith(ZIP) ? model.substring(0, model.length() - ZIP.length()) : model;
    return stem + ".fast.zip";
  }
}
