package io.github.repvgg4j.proof;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.machine.TemporaryFiles;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The training form kept inside a fused zip: the original zip as it was, byte for byte, in an entry
 * that DL4J ignores. One artifact can so be served and trained further.
 */
public final class TrainingForm {

  /** Name of the entry. */
  public static final String ENTRY = ModelArchive.TRAINING_FORM;

  private TrainingForm() {}

  /** Adds the training zip to what is written. */
  public static ModelZipWriter keep(ModelZipWriter writer, Path trainingZip) throws IOException {
    return writer.withEntry(ENTRY, Files.readAllBytes(trainingZip));
  }

  /** Whether a fused zip has its training form with it. */
  public static boolean isIn(Path fusedZip) throws IOException {
    try (SafeZip zip = ModelArchive.open(fusedZip)) {
      return zip.has(ENTRY);
    }
  }

  /** Loads the training form, if the fused zip has it. */
  public static Optional<LoadedModel> load(Path fusedZip) throws IOException {
    if (!isIn(fusedZip)) {
      return Optional.empty();
    }
    Path temporary = TemporaryFiles.file("training", ".zip");
    try {
      extract(fusedZip, temporary);
      return Optional.of(loaded(fusedZip, temporary));
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Writes the training zip out again, bit for bit, once it has been loaded.
   *
   * @return what was loaded
   * @throws ArchiveException where the fused zip has none, or what it has is no model zip
   */
  public static LoadedModel restore(Path fusedZip, Path target) throws IOException {
    AtomicReference<LoadedModel> restored = new AtomicReference<>();
    AtomicFile.write(
        target,
        temporary -> {
          extract(fusedZip, temporary);
          restored.set(loaded(fusedZip, temporary));
        });
    return restored.get();
  }

  /** What is wrong with the kept zip is told of the file that it lies in. */
  private static LoadedModel loaded(Path fusedZip, Path extracted) throws IOException {
    try {
      return ModelZip.load(extracted);
    } catch (ArchiveException e) {
      String fault = e.getMessage().replace(extracted + ": ", "");
      throw new ArchiveException(fusedZip + ": its training form (" + ENTRY + "): " + fault, e);
    }
  }

  private static void extract(Path fusedZip, Path target) throws IOException {
    try (SafeZip zip = ModelArchive.open(fusedZip)) {
      if (!zip.has(ENTRY) && QuantizedEntries.isLean(zip)) {
        throw QuantizedEntries.leanFault(zip);
      }
      if (!zip.has(ENTRY)) {
        throw new ArchiveException(
            fusedZip
                + ": has no training form in it; take the model.zip that it was made from, or convert"
                + " that one with --keep-training-form");
      }
      try (InputStream in = zip.stream(ENTRY)) {
        Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
