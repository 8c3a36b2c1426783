package io.github.repvgg4j.archive.quantized;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.archive.quantized.QuantizedJson.Description;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The INT8 network in a fast zip: two entries that DL4J ignores, and in a lean zip a third, which
 * stands for {@link ModelArchive#COEFFICIENTS}. All is held against what it claims before memory is
 * taken, and against its hash.
 */
public final class QuantizedEntries {

  /** Scales, zero points, shapes, hashes and the quantiser's report, JSON. */
  public static final String DESCRIPTION = "int8.json";

  /** Weights and biases: see {@link IntegerBytes}. */
  public static final String INTEGERS = "int8.bin";

  /** What a lean zip keeps of the float32 parameters: see {@link FloatRest}. */
  public static final String FLOATS = "int8-floats.bin";

  /** Of the description; the largest network of this project writes 1 MB. */
  private static final long MAX_DESCRIPTION_BYTES = 32L << 20;

  private static final String AGAIN = "; quantize the fast zip again";

  private QuantizedEntries() {}

  /** Whether a zip claims to hold an INT8 network. */
  public static boolean isIn(SafeZip zip) {
    return zip.has(DESCRIPTION) || zip.has(INTEGERS);
  }

  /** Whether a zip has the integers, but not the float32 weights that they were made from. */
  public static boolean isLean(SafeZip zip) {
    return isIn(zip) && !zip.has(ModelArchive.COEFFICIENTS);
  }

  /** For who needs float32 weights: one line that says why there are none. */
  public static ArchiveException leanFault(SafeZip zip) {
    return leanFault(zip, "");
  }

  /**
   * The same for who has another way.
   *
   * @param way which follows the others, such as {@code , or run it so}
   */
  public static ArchiveException leanFault(SafeZip zip, String way) {
    return zip.fault(
        "is a lean INT8 zip, without the FP32 weights that this needs; take the fast zip that it"
            + " was quantized from, or quantize that without --lean"
            + way);
  }

  /**
   * The INT8 network; empty where the zip has none. Whether it fits the network's structure, the
   * reader of the structure says.
   *
   * @throws ArchiveException one line that names file, entry and fault
   */
  public static Optional<QuantizedModel> read(SafeZip zip) throws IOException {
    if (!isIn(zip)) {
      return Optional.empty();
    }
    Description description = checkedDescription(zip);
    try {
      QuantizedNetwork network =
          new QuantizedNetwork(
              layers(zip, description),
              description.tensors(),
              description.weightLimit(),
              description.floatWeights(),
              description.calibration());
      return Optional.of(
          new QuantizedModel(
              network,
              description.shapes(),
              description.observed(),
              description.report(),
              description.rest()));
    } catch (IllegalArgumentException e) {
      throw fault(zip, e);
    }
  }

  /**
   * What a lean zip keeps of the float32 parameters, without reading integers.
   *
   * @throws ArchiveException as {@link #read}
   */
  public static FloatRest rest(SafeZip leanZip) throws IOException {
    return checkedDescription(leanZip).rest().orElseThrow();
  }

  private static Description checkedDescription(SafeZip zip) throws IOException {
    Description description = description(zip);
    requireFloats(zip, description);
    return description;
  }

  private static Description description(SafeZip zip) throws IOException {
    for (String entry : new String[] {DESCRIPTION, INTEGERS}) {
      if (!zip.has(entry)) {
        throw zip.fault("has an INT8 network, but not its entry " + entry + AGAIN);
      }
    }
    if (zip.entry(DESCRIPTION).getSize() > MAX_DESCRIPTION_BYTES) {
      throw zip.fault(DESCRIPTION + " is larger than " + MAX_DESCRIPTION_BYTES + " bytes" + AGAIN);
    }
    byte[] json = zip.read(DESCRIPTION);
    try {
      return QuantizedJson.read(json);
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw fault(zip, e);
    }
  }

  private static ArchiveException fault(SafeZip zip, Exception e) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new ArchiveException(zip.path() + ": " + DESCRIPTION + ": " + reason + AGAIN, e);
  }

  private static SortedMap<Integer, QuantizedLayer> layers(SafeZip zip, Description description)
      throws IOException {
    requireLength(zip, INTEGERS, IntegerBytes.length(description.shapes().values()));
    MessageDigest digest = Sha256.digest();
    SortedMap<Integer, QuantizedLayer> layers;
    try (InputStream in = new DigestInputStream(zip.stream(INTEGERS), digest)) {
      layers = IntegerBytes.read(in, description.shapes(), description.scales());
    } catch (EOFException e) {
      throw zip.fault("entry '" + INTEGERS + "' is not as long as it says; the file is damaged");
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(description.integers())) {
      throw zip.fault(
          INTEGERS + " is not the one that " + DESCRIPTION + " was written for" + AGAIN);
    }
    return layers;
  }

  private static void requireLength(SafeZip zip, String entry, long wanted)
      throws ArchiveException {
    long size = zip.entry(entry).getSize();
    if (size != wanted) {
      throw zip.fault(
          entry
              + " has "
              + size
              + " bytes, the layers of "
              + DESCRIPTION
              + " take "
              + wanted
              + AGAIN);
    }
  }

  /**
   * The integers stand for certain float32 weights: those must be here, or what is kept of them.
   */
  private static void requireFloats(SafeZip zip, Description description) throws IOException {
    if (description.rest().isPresent() == zip.has(ModelArchive.COEFFICIENTS)) {
      throw zip.fault(
          (description.rest().isPresent() ? "is lean and has " : "is not lean and has no ")
              + ModelArchive.COEFFICIENTS
              + AGAIN);
    }
    if (description.rest().isEmpty()) {
      if (!hash(zip, ModelArchive.COEFFICIENTS).equals(description.floatWeights())) {
        throw zip.fault(
            ModelArchive.COEFFICIENTS
                + " holds other weights than those that its INT8 network was made from"
                + AGAIN);
      }
      return;
    }
    if (!zip.has(FLOATS)) {
      throw zip.fault("is a lean INT8 zip, but has no entry " + FLOATS + AGAIN);
    }
    requireLength(zip, FLOATS, Math.multiplyExact(description.rest().get().kept(), Float.BYTES));
    if (!hash(zip, FLOATS).equals(description.floats())) {
      throw zip.fault(FLOATS + " is not the one that " + DESCRIPTION + " was written for" + AGAIN);
    }
  }

  /** sha256 of the description of a zip that has one: what a certificate may name. */
  public static String hash(SafeZip zip) throws IOException {
    return hash(zip, DESCRIPTION);
  }

  /** sha256 of an entry, without holding it. */
  static String hash(SafeZip zip, String entry) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[1 << 16];
    try (InputStream in = zip.stream(entry)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
