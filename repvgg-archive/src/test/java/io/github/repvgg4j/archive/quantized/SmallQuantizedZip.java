package io.github.repvgg4j.archive.quantized;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork.Calibration;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A fast zip of two layers, which are a convolution of two channels and a dense layer of three
 * classes, and its INT8 zip, both written by hand.
 */
final class SmallQuantizedZip {

  static final float[] FLOATS = new float[2 + 6 + 6 + 3];

  static {
    for (int i = 0; i < FLOATS.length; i++) {
      FLOATS[i] = i * 0.25f - 1;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private SmallQuantizedZip() {}

  /** The fast zip, with one entry that no reader knows. */
  static Path fast(Path file) throws IOException {
    return write(
        file,
        Map.of(
            ModelArchive.CONFIGURATION,
            "{}".getBytes(StandardCharsets.UTF_8),
            ModelArchive.COEFFICIENTS,
            coefficients(FLOATS),
            ModelArchive.TRAINING_FORM,
            "kept".getBytes(StandardCharsets.UTF_8),
            "notes.txt",
            "of somebody".getBytes(StandardCharsets.UTF_8)));
  }

  static QuantizedModel model(SafeZip fast, Optional<FloatRest> rest) throws IOException {
    QuantizedLayer convolution =
        new QuantizedLayer(
            new byte[] {1, -2, 63, -63, 0, 7},
            new float[] {0.1f, Math.nextUp(0.3f)},
            new int[] {-70_000, Integer.MAX_VALUE});
    QuantizedNetwork network =
        new QuantizedNetwork(
            new TreeMap<>(Map.of(0, convolution)),
            new TreeMap<>(Map.of(-1, new Codes(Codes.Type.U8, 1 / 51f, 128))),
            QuantizedNetwork.PORTABLE,
            QuantizedZip.floatWeights(fast),
            new Calibration(512, "ab".repeat(32), "mse"));
    ObjectNode report = JsonNodeFactory.instance.objectNode().put("sqnr", 31.5);
    return new QuantizedModel(
        network,
        new TreeMap<>(Map.of(0, new LayerShape("layer 0 'stem'", List.of(2, 3, 1, 1)))),
        new TreeMap<>(Map.of(0, new Codes(Codes.Type.S8, 0.7f, -5))),
        report,
        rest);
  }

  /** The dense layer computes in float32. */
  static FloatRest rest() {
    return new FloatRest(FLOATS.length, List.of(new FloatRest.Span(8, 9)));
  }

  /** All entries, by name. */
  static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (SafeZip zip = SafeZip.open(file)) {
      for (ZipEntry entry : zip.entries()) {
        entries.put(entry.getName(), zip.read(entry.getName()));
      }
    }
    return entries;
  }

  static Path write(Path file, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  static ObjectNode description(Map<String, byte[]> entries) throws IOException {
    return (ObjectNode) JSON.readTree(entries.get(QuantizedEntries.DESCRIPTION));
  }

  static byte[] bytes(ObjectNode json) throws IOException {
    return JSON.writeValueAsBytes(json);
  }

  /** As {@code Nd4j.write} writes a row vector of float32. */
  static byte[] coefficients(float[] numbers) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF("LONG_SHAPE");
    out.writeLong(8);
    out.writeUTF("LONG");
    for (long number : new long[] {2, 1, numbers.length, numbers.length, 1, 8192, 1, 99}) {
      out.writeLong(number);
    }
    out.writeUTF("MIXED_DATA_TYPES");
    out.writeLong(numbers.length);
    out.writeUTF("FLOAT");
    for (float number : numbers) {
      out.writeFloat(number);
    }
    return bytes.toByteArray();
  }
}
