package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.archive.ArchiveException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;

/**
 * The JSON header of a {@code .safetensors} file, read token by token: exactly the format's three
 * levels are understood, so that neither nesting nor duplicates get far.
 */
final class SafetensorsHeader {

  private static final int MAX_RANK = 16;
  private static final String METADATA = "__metadata__";

  private final Path path;
  private final JsonParser json;

  private SafetensorsHeader(Path path, JsonParser json) {
    this.path = path;
    this.json = json;
  }

  /** One tensor; {@code begin} and {@code end} are bytes of the data part. */
  record Entry(String name, TensorType type, List<Long> shape, long begin, long end) {}

  static Map<String, Entry> parse(Path path, byte[] header) throws ArchiveException {
    JsonFactory factory = new JsonFactory();
    factory.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    try (JsonParser json = factory.createParser(header)) {
      return new SafetensorsHeader(path, json).entries();
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException e) {
      String line = e.getMessage().lines().findFirst().orElse("");
      throw new ArchiveException(
          path + ": its header is no valid JSON: " + Printable.text(line), e);
    }
  }

  private Map<String, Entry> entries() throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.getCurrentName();
      if (name.equals(METADATA)) {
        skipMetadata();
      } else {
        entries.put(name, entry(name));
      }
    }
    expect(json.currentToken(), JsonToken.END_OBJECT, "the header");
    if (json.nextToken() != null) {
      throw fault("its header goes on after its end");
    }
    return entries;
  }

  private void skipMetadata() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, METADATA);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA);
    }
  }

  private Entry entry(String name) throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, name);
    TensorType type = null;
    List<Long> shape = null;
    List<Long> range = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.getCurrentName();
      switch (key) {
        case "dtype" -> {
          expect(json.nextToken(), JsonToken.VALUE_STRING, name);
          type = TensorType.ofSafetensors(json.getText()).orElse(TensorType.UNKNOWN);
        }
        case "shape" -> shape = longs(name);
        case "data_offsets" -> range = longs(name);
        default ->
            throw fault(
                "tensor "
                    + Printable.text(name)
                    + " has an unknown key '"
                    + Printable.text(key)
                    + "'");
      }
    }
    expect(json.currentToken(), JsonToken.END_OBJECT, name);
    if (type == null || shape == null || range == null || range.size() != 2) {
      throw fault("tensor " + Printable.text(name) + " needs dtype, shape and two data_offsets");
    }
    checkSize(name, type, shape, range);
    return new Entry(name, type, shape, range.get(0), range.get(1));
  }

  private void checkSize(String name, TensorType type, List<Long> shape, List<Long> range)
      throws ArchiveException {
    long bytes;
    try {
      bytes = new Tensor(shape, type, null).byteLength();
    } catch (ArithmeticException e) {
      throw fault("tensor " + Printable.text(name) + " has the impossible shape " + shape);
    }
    if (type == TensorType.UNKNOWN && range.get(1) >= range.get(0)) {
      return; // its range is still held against the others'
    }
    if (range.get(1) < range.get(0) || bytes != range.get(1) - range.get(0)) {
      throw fault(
          "tensor "
              + Printable.text(name)
              + ": shape "
              + shape
              + " of "
              + type
              + " needs "
              + bytes
              + " bytes, its offsets are "
              + range);
    }
  }

  private List<Long> longs(String name) throws IOException {
    expect(json.nextToken(), JsonToken.START_ARRAY, name);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
      long value = json.getLongValue();
      if (value < 0 || values.size() == MAX_RANK) {
        throw fault("tensor " + Printable.text(name) + " has an impossible shape or offset");
      }
      values.add(value);
    }
    expect(json.currentToken(), JsonToken.END_ARRAY, name);
    return values;
  }

  private void expect(JsonToken found, JsonToken expected, String where) throws ArchiveException {
    if (found != expected) {
      throw fault("its header is malformed at " + Printable.text(where));
    }
  }

  private ArchiveException fault(String what) {
    return new ArchiveException(path + ": " + what);
  }
}
