package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.deploy.convert.ConvertOptions.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the results go.
 *
 * @param zip the INT8 network
 * @param report beside it
 */
record QuantizedFiles(Path zip, Path report) {

  private static final String ZIP = ".zip";

  /** Decides on the names, and refuses to touch what is there unless told to. */
  static QuantizedFiles of(Path fastZip, QuantizeOptions.Output output) throws IOException {
    Path zip = output.zip().orElseGet(() -> fastZip.resolveSibling(stem(fastZip) + ".int8" + ZIP));
    Path report = zip.resolveSibling(stem(zip) + ".report.json");
    if (Files.exists(fastZip) && Files.exists(zip) && Files.isSameFile(fastZip, zip)) {
      throw new QuantizationRefused(zip + ": is the input itself, which is never changed");
    }
    for (Path file : new Path[] {zip, report}) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + ": is a folder; name a file");
      }
      if (output.existing() == Existing.REFUSE && Files.exists(file)) {
        throw new IOException(
            file + ": exists already; --force replaces it, -o INT8.zip writes elsewhere");
      }
    }
    return new QuantizedFiles(zip, report);
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(ZIP) ? name.substring(0, name.length() - ZIP.length()) : name;
  }
}
