package io.github.repvgg4j.serve.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes answers of the Open Inference Protocol: JSON, and tensors in binary behind it. */
public final class InferAnswer {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream text = new ByteArrayOutputStream(512);
  private final List<byte[]> tails = new ArrayList<>();
  private final JsonGenerator json;

  /** An answer begun. */
  public InferAnswer(Optional<String> id, String model, int version) {
    try {
      json = FACTORY.createGenerator(text);
      json.writeStartObject();
      if (id.isPresent()) {
        json.writeStringField("id", id.get());
      }
      json.writeStringField("model_name", model);
      json.writeStringField("model_version", Integer.toString(version));
      json.writeArrayFieldStart("outputs");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    }
  }

  /**
   * A written answer.
   *
   * @param body JSON, then tensors
   * @param jsonBytes of it that are JSON; empty where all of it is
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Written(byte[] body, Optional<Integer> jsonBytes) {}

  /**
   * Adds numbers.
   *
   * @param rows {@code [N][classes]}, float32
   */
  public void numbers(RequestedOutput output, float[][] rows) {
    try {
      begin(output.name(), "FP32", rows.length, rows[0].length);
      if (output.binary()) {
        tail(floats(rows));
      } else {
        json.writeArrayFieldStart("data");
        for (float[] row : rows) {
          for (float number : row) {
            write(number);
          }
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(float number) throws IOException {
    if (Float.isFinite(number)) {
      json.writeNumber(number);
    } else {
      json.writeNull(); // JSON has no other number
    }
  }

  /**
   * Adds the likeliest classes, {@code value:index:label} as the classification extension has it.
   *
   * @param rows {@code [N][k]}
   */
  public void classes(RequestedOutput output, String[][] rows) {
    try {
      begin(output.name(), "BYTES", rows.length, rows[0].length);
      if (output.binary()) {
        tail(texts(rows));
      } else {
        json.writeArrayFieldStart("data");
        for (String[] row : rows) {
          for (String each : row) {
            json.writeString(each);
          }
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void begin(TensorName name, String type, int rows, int columns) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name.text());
    json.writeStringField("datatype", type);
    json.writeFieldName("shape");
    json.writeArray(new int[] {rows, columns}, 0, 2);
  }

  private void tail(byte[] bytes) throws IOException {
    json.writeObjectFieldStart("parameters");
    json.writeNumberField("binary_data_size", bytes.length);
    json.writeEndObject();
    tails.add(bytes);
  }

  private static byte[] floats(float[][] rows) {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * rows[0].length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float number : row) {
        bytes.putFloat(number);
      }
    }
    return bytes.array();
  }

  private static byte[] texts(String[][] rows) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String[] row : rows) {
      for (String each : row) {
        byte[] element = each.getBytes(StandardCharsets.UTF_8);
        byte[] length =
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(element.length).array();
        bytes.writeBytes(length);
        bytes.writeBytes(element);
      }
    }
    return bytes.toByteArray();
  }

  /** Ends it. */
  public Written written() {
    try {
      json.writeEndArray();
      json.writeEndObject();
      json.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (tails.isEmpty()) {
      return new Written(text.toByteArray(), Optional.empty());
    }
    int jsonBytes = text.size();
    tails.forEach(text::writeBytes);
    return new Written(text.toByteArray(), Optional.of(jsonBytes));
  }
}
