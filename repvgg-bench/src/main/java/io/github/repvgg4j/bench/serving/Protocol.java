package io.github.repvgg4j.bench.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.bench.serving.Connection.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Requests to a server of ours, and what stands in its answers. */
final class Protocol {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEADER_LENGTH = "inference-header-content-length";

  private Protocol() {}

  /** {@code POST /predictions/NAME} with an image as body. */
  static URI predictions(URI server, String model, int top) {
    return server.resolve("/predictions/" + model + "?top=" + top);
  }

  static Map<String, String> jpeg() {
    return Map.of("Content-Type", "image/jpeg");
  }

  static URI infer(URI server, String model) {
    return server.resolve("/v2/models/" + model + "/infer");
  }

  /**
   * A request of the binary tensor extension.
   *
   * @param images {@code [count, C, H, W]}, C order
   * @return header and body
   */
  static Tensors tensors(String input, float[] images, int count, int channels, int side) {
    String header =
        String.format(
            Locale.ROOT,
            "{\"inputs\":[{\"name\":\"%s\",\"datatype\":\"FP32\",\"shape\":[%d,%d,%d,%d],"
                + "\"parameters\":{\"binary_data_size\":%d}}],"
                + "\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"binary_data\":true}}]}",
            input,
            count,
            channels,
            side,
            side,
            images.length * Float.BYTES);
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer numbers =
        ByteBuffer.allocate(images.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    numbers.asFloatBuffer().put(images);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(text);
    body.writeBytes(numbers.array());
    return new Tensors(
        Map.of(
            "Content-Type",
            "application/octet-stream",
            "Inference-Header-Content-Length",
            Integer.toString(text.length)),
        body.toByteArray());
  }

  /** Of a request. */
  record Tensors(Map<String, String> headers, byte[] body) {}

  /** The first output of a binary answer, float32 in C order. */
  static float[] floats(Answer answer) {
    int header = Integer.parseInt(answer.headers().getOrDefault(HEADER_LENGTH, "-1"));
    if (header < 0) {
      throw new IllegalStateException("no binary answer: " + answer.text());
    }
    ByteBuffer numbers =
        ByteBuffer.wrap(answer.body(), header, answer.body().length - header)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[numbers.remaining() / Float.BYTES];
    numbers.asFloatBuffer().get(floats);
    return floats;
  }

  /** Of {@code POST /predictions/NAME}: classes with their numbers, likeliest first. */
  static List<Named> classes(Answer answer) throws IOException {
    List<Named> classes = new ArrayList<>();
    for (JsonNode each : JSON.readTree(answer.body())) {
      classes.add(new Named(each.path("className").asText(), each.path("probability").asDouble()));
    }
    return classes;
  }

  /** A class as an answer names it. */
  record Named(String className, double probability) {

    static Named of(TopClass top) {
      return new Named(top.label(), top.value());
    }
  }
}
