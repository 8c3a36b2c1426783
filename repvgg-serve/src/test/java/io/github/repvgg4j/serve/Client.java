package io.github.repvgg4j.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A client of one server. */
public final class Client {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JSON_BYTES = "Inference-Header-Content-Length";

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;

  public Client(int port) {
    this.port = port;
  }

  /** Sends one request with these headers, name and value in turn. */
  public HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  public HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, null, headers);
  }

  public HttpResponse<byte[]> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    return send("POST", path, body, headers);
  }

  public HttpResponse<byte[]> infer(String model, String json)
      throws IOException, InterruptedException {
    return post(
        "/v2/models/" + model + "/infer",
        json.getBytes(StandardCharsets.UTF_8),
        "Content-Type",
        "application/json");
  }

  /** With tensors in binary behind the JSON. */
  public HttpResponse<byte[]> infer(String model, String json, byte[] tail)
      throws IOException, InterruptedException {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, body, head.length, tail.length);
    return post(
        "/v2/models/" + model + "/infer",
        body,
        "Content-Type",
        "application/octet-stream",
        JSON_BYTES,
        Integer.toString(head.length));
  }

  /** Logits of prepared images, {@code [count, 3, 32, 32]}, asked for and answered in binary. */
  public float[] logits(String model, float[] values, int count)
      throws IOException, InterruptedException {
    return logits(model, values, count, 32);
  }

  /** The same of {@code [count, 3, side, side]}. */
  public float[] logits(String model, float[] values, int count, int side)
      throws IOException, InterruptedException {
    String json = tensorJson(count, 4 * values.length, "logits");
    HttpResponse<byte[]> response =
        infer(model, json.replace("3,32,32", "3," + side + "," + side), littleEndian(values));
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + text(response));
    }
    int head = Integer.parseInt(response.headers().firstValue(JSON_BYTES).orElseThrow());
    return floats(Arrays.copyOfRange(response.body(), head, response.body().length));
  }

  public static String tensorJson(int count, int bytes, String output) {
    return "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":["
        + count
        + ",3,32,32],\"parameters\":{\"binary_data_size\":"
        + bytes
        + "}}],\"outputs\":[{\"name\":\""
        + output
        + "\",\"parameters\":{\"binary_data\":true}}]}";
  }

  public static byte[] littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  public static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  public static JsonNode json(HttpResponse<byte[]> response) {
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new AssertionError(text(response), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /** A number that the server counts. */
  public double metric(String line) throws IOException, InterruptedException {
    List<String> lines = text(get("/metrics")).lines().toList();
    return lines.stream()
        .filter(l -> l.startsWith(line + " "))
        .mapToDouble(l -> Double.parseDouble(l.substring(line.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  /** A connection without a client's good manners. */
  public Socket socket() throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** All that comes until the other side closes. */
  public static String rest(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    try {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return "reset";
    }
  }
}
