package io.github.repvgg4j.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;

/**
 * A model zip as a file: its entries, opened safely, and what it says of itself. No network is
 * built, so neither Deeplearning4j nor ND4J is needed.
 */
public final class ModelArchive {

  /** DL4J's entry that describes the layers, JSON. */
  public static final String CONFIGURATION = "configuration.json";

  /** DL4J's entry of all parameters, one flat vector as {@code Nd4j.write} writes it. */
  public static final String COEFFICIENTS = "coefficients.bin";

  /** DL4J's entry of the optimizer's state. */
  public static final String UPDATER = "updaterState.bin";

  /** The training zip that a fast zip was made from, where it was kept. */
  public static final String TRAINING_FORM = "training/model.zip";

  /** The entry that holds {@link ModelMetadata}. */
  public static final String METADATA = "repvgg.json";

  private static final String JAVA_OBJECT = "preprocessor.bin";
  private static final String JAVA_OBJECTS = "objects/";

  private ModelArchive() {}

  /** Opens a model zip and refuses entries that DL4J would Java-deserialize. */
  public static SafeZip open(Path path) throws IOException {
    SafeZip zip = SafeZip.open(path);
    for (ZipEntry entry : zip.entries()) {
      String name = entry.getName();
      if (name.equalsIgnoreCase(JAVA_OBJECT) || name.startsWith(JAVA_OBJECTS)) {
        zip.close();
        throw zip.fault(
            "has the entry '"
                + name
                + "', a serialized Java object that could run code; not loaded. Save the model"
                + " again without it");
      }
    }
    return zip;
  }

  /**
   * What the file says of itself; empty for a plain DL4J zip.
   *
   * @throws ArchiveException one line that names the file and the bad key
   */
  public static Optional<ModelMetadata> metadata(SafeZip zip) throws IOException {
    if (!zip.has(METADATA)) {
      return Optional.empty();
    }
    try {
      return Optional.of(MetadataJson.read(zip.read(METADATA)));
    } catch (IOException | RuntimeException e) {
      String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new ArchiveException(
          zip.path() + ": " + METADATA + ": " + message.lines().findFirst().orElse(""), e);
    }
  }
}
