package io.github.repvgg4j.deploy.quantize;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.runtime.source.ZipSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** What is asked of a zip before and after it is quantised. */
final class QuantizableZip {

  private QuantizableZip() {}

  /**
   * What a fast zip says of itself.
   *
   * @throws QuantizationRefused one line: a training form, or one that does not say how images
   *     become its input
   * @throws IOException one line, where it cannot be read, or is lean
   */
  static ModelMetadata metadata(Path file) throws IOException {
    try (SafeZip zip = ModelArchive.open(file)) {
      if (QuantizedEntries.isLean(zip)) {
        throw QuantizedEntries.leanFault(zip);
      }
      ModelMetadata metadata = ModelArchive.metadata(zip).orElse(ModelMetadata.unknown(Form.FAST));
      if (metadata.form() == Form.TRAINING) {
        throw new QuantizationRefused(
            file + ": is a training form; fuse it first: repvgg-deploy convert " + file);
      }
      if (metadata.spec().isEmpty() || metadata.preprocessing().isEmpty()) {
        throw new QuantizationRefused(
            file
                + ": does not say how images become its input (no repvgg.json with spec and"
                + " preprocessing), so that nothing can be calibrated");
      }
      return metadata;
    }
  }

  /** Reads a file back, as every reader will. */
  static void requireSame(Path written, QuantizedNetwork wanted) throws IOException {
    try (SafeZip zip = ModelArchive.open(written)) {
      QuantizedNetwork found =
          new ZipSource(zip)
              .quantized()
              .orElseThrow(() -> new IOException("read back, it has no integers"));
      boolean same =
          found.tensors().equals(wanted.tensors())
              && found.weightLimit() == wanted.weightLimit()
              && found.calibration().equals(wanted.calibration())
              && found.layers().keySet().equals(wanted.layers().keySet())
              && found.layers().entrySet().stream()
                  .allMatch(layer -> same(layer.getValue(), wanted.layers().get(layer.getKey())));
      if (!same) {
        throw new IOException("read back, it holds other integers than were written");
      }
    }
  }

  private static boolean same(QuantizedLayer a, QuantizedLayer b) {
    return Arrays.equals(a.weights(), b.weights())
        && Arrays.equals(a.weightScales(), b.weightScales())
        && Arrays.equals(a.bias(), b.bias());
  }
}
