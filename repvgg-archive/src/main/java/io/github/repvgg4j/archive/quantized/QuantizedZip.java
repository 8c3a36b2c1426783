package io.github.repvgg4j.archive.quantized;

import io.github.repvgg4j.archive.AtomicZip;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.NumberEntry;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;

/**
 * Writes an INT8 zip: a fast zip's entries as they are, and the integers. DL4J restores its float32
 * form as before. A lean one leaves the float32 weights out, and everything of training.
 */
public final class QuantizedZip {

  private static final Set<String> OURS =
      Set.of(QuantizedEntries.DESCRIPTION, QuantizedEntries.INTEGERS, QuantizedEntries.FLOATS);

  private static final Set<String> NOT_LEAN =
      Set.of(ModelArchive.COEFFICIENTS, ModelArchive.UPDATER, ModelArchive.TRAINING_FORM);

  private final SafeZip source;
  private final QuantizedModel model;
  private final byte[] integers;
  private final byte[] floats;
  private final byte[] description;
  private final Map<String, byte[]> replaced = new TreeMap<>();

  /**
   * Prepares the file.
   *
   * @param source a fast zip, open while this is used; integers that it has already are left out
   * @throws IOException one line, where the integers were made from other weights
   */
  public QuantizedZip(SafeZip source, QuantizedModel model) throws IOException {
    if (!floatWeights(source).equals(model.network().floatWeights())) {
      throw source.fault(
          ModelArchive.COEFFICIENTS + " holds other weights than those that were quantized");
    }
    this.source = source;
    this.model = model;
    this.integers = IntegerBytes.write(model.network().layers());
    this.floats = model.rest().isEmpty() ? new byte[0] : floats(model.rest().get());
    this.description = QuantizedJson.write(model, Sha256.of(integers), Sha256.of(floats));
  }

  /**
   * sha256 of a fast zip's float32 weights, which {@link QuantizedNetwork#floatWeights} must be.
   */
  public static String floatWeights(SafeZip fastZip) throws IOException {
    if (QuantizedEntries.isLean(fastZip)) {
      throw QuantizedEntries.leanFault(fastZip);
    }
    return QuantizedEntries.hash(fastZip, ModelArchive.COEFFICIENTS);
  }

  /** sha256 of the description, which holds those of all else: what a certificate may name. */
  public String hash() {
    return Sha256.of(description);
  }

  /** Gives an entry another content, or adds one. */
  public QuantizedZip with(String entry, byte[] content) {
    replaced.put(entry, content.clone());
    return this;
  }

  /** Writes it; an earlier file of that name is replaced only by a whole new one. */
  public void write(Path target) throws IOException {
    AtomicZip.write(target, this::writeEntries);
  }

  private void writeEntries(AtomicZip zip) throws IOException {
    Set<String> left = new TreeSet<>(OURS);
    if (model.isLean()) {
      left.addAll(NOT_LEAN);
    }
    for (ZipEntry entry : source.entries()) {
      if (!left.contains(entry.getName())) {
        copy(zip, entry);
      }
    }
    for (Map.Entry<String, byte[]> more : replaced.entrySet()) {
      if (!source.has(more.getKey())) {
        zip.add(more.getKey(), more.getValue());
      }
    }
    zip.add(QuantizedEntries.DESCRIPTION, description);
    zip.add(QuantizedEntries.INTEGERS, integers);
    if (model.isLean()) {
      zip.add(QuantizedEntries.FLOATS, floats);
    }
  }

  private void copy(AtomicZip zip, ZipEntry entry) throws IOException {
    String name = entry.getName();
    byte[] other = replaced.get(name);
    if (other != null) {
      zip.add(name, other);
    } else if (entry.getMethod() == ZipEntry.STORED) {
      zip.addStored(name, out -> transfer(name, out));
    } else {
      zip.add(name, out -> transfer(name, out));
    }
  }

  private void transfer(String name, OutputStream out) throws IOException {
    try (InputStream in = source.stream(name)) {
      in.transferTo(out);
    }
  }

  private byte[] floats(FloatRest rest) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(rest.kept() * Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    try (NumberEntry numbers = NumberEntry.open(source, ModelArchive.COEFFICIENTS)) {
      if (numbers.length() != rest.parameters() || numbers.type() != NumberEntry.Type.FLOAT) {
        throw source.fault(
            ModelArchive.COEFFICIENTS
                + " holds "
                + numbers.length()
                + " numbers of "
                + numbers.type()
                + ", "
                + rest.parameters()
                + " of FLOAT were quantized");
      }
      long at = 0;
      for (FloatRest.Span span : rest.spans()) {
        numbers.skip(span.first() - at);
        float[] kept = new float[Math.toIntExact(span.count())];
        numbers.read(FloatBuffer.wrap(kept));
        for (float number : kept) {
          bytes.putFloat(number);
        }
        at = span.first() + span.count();
      }
    }
    return bytes.array();
  }
}
