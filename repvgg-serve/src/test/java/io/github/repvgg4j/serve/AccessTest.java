package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.serve.http.BearerToken;
import io.github.repvgg4j.serve.http.HttpLimits;
import io.github.repvgg4j.serve.http.HttpOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may ask what, in which words, how much, and how slowly. */
class AccessTest {

  private static final String TOKEN = "a-token-of-24-characters";
  private static final String[] AUTHORISED = {"Authorization", "Bearer " + TOKEN};
  private static final String ORIGIN = "https://example.org";

  @TempDir static Path folder;
  private static RunningServer running;
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    HttpLimits limits =
        new HttpLimits(20_000, 100_000, 100, Duration.ofMillis(1500), Duration.ofMillis(400));
    HttpOptions http =
        new HttpOptions(
            "127.0.0.1", 0, Optional.of(new BearerToken(TOKEN)), Set.of(ORIGIN), limits);
    running = new RunningServer(folder, options -> options.http(http));
    client = running.client();
  }

  @AfterAll
  static void end() {
    running.close();
  }

  private static String header(HttpResponse<byte[]> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static String error(HttpResponse<byte[]> response, int status) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo("application/json");
    assertThat(Client.json(response)).hasSize(1);
    return Client.json(response).path("error").asText();
  }

  @Test
  void withoutTheTokenOnlyHealthAndThePageAnswer() throws Exception {
    for (String path : List.of("/v2", "/v2/models", "/v2/models/net", "/metrics")) {
      HttpResponse<byte[]> response = client.get(path);
      error(response, 401);
      assertThat(header(response, "WWW-Authenticate")).isEqualTo("Bearer");
      assertThat(client.get(path, AUTHORISED).statusCode()).isEqualTo(200);
    }
    byte[] png = TestModels.png(9, 9, 1);
    for (String wrong :
        List.of("Bearer", "Bearer x", "Bearer " + TOKEN + "x", "Basic " + TOKEN, TOKEN)) {
      error(client.post("/predictions/net", png, "Authorization", wrong), 401);
    }
    assertThat(client.post("/predictions/net", png, AUTHORISED).statusCode()).isEqualTo(200);
    assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
    assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void onlyNamedOriginsAreToldThatTheyMay() throws Exception {
    HttpResponse<byte[]> named = client.get("/v2/health/live", "Origin", ORIGIN);
    assertThat(header(named, "Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
    assertThat(header(named, "Vary")).isEqualTo("Origin");
    HttpResponse<byte[]> other = client.get("/v2/health/live", "Origin", "https://evil.example");
    assertThat(header(other, "Access-Control-Allow-Origin")).isEmpty();
    HttpResponse<byte[]> preflight =
        client.send(
            "OPTIONS",
            "/predictions/net",
            null,
            "Origin",
            ORIGIN,
            "Access-Control-Request-Method",
            "POST");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(header(preflight, "Access-Control-Allow-Methods")).contains("POST");
    assertThat(header(preflight, "Access-Control-Allow-Headers")).contains("Authorization");
    HttpResponse<byte[]> refused =
        client.send("OPTIONS", "/predictions/net", null, "Origin", "https://evil.example");
    assertThat(header(refused, "Access-Control-Allow-Methods")).isEmpty();
  }

  @Test
  void whatIsAskedWronglyIsNamed() throws Exception {
    byte[] png = TestModels.png(9, 9, 1);
    HttpResponse<byte[]> method = client.get("/predictions/net", AUTHORISED);
    error(method, 405);
    assertThat(header(method, "Allow")).isEqualTo("POST, PUT, OPTIONS");
    assertThat(error(client.get("/v2/models/net/nope", AUTHORISED), 404)).isEqualTo("no such path");
    assertThat(error(client.get("/v2/models/nope", AUTHORISED), 404))
        .isEqualTo("no such model or version");
    error(client.get("/v2/models/net/versions/2", AUTHORISED), 404);
    error(client.get("/v2/models/net/versions/x", AUTHORISED), 404);
    error(post("/predictions/net", png, "Content-Type", "application/x-www-form-urlencoded"), 415);
    error(post("/predictions/net", png, "Content-Type", "text/plain"), 415);
    error(post("/predictions/net", png, "Content-Encoding", "gzip"), 415);
    error(post("/v2/models/net/infer", png, "Content-Type", "image/png"), 415);
    error(post("/predictions/net?top=0", png), 400);
    error(post("/predictions/net?top=x", png), 400);
    error(post("/predictions/net", new byte[0]), 400);
    assertThat(error(post("/predictions/net", new byte[] {1, 2, 3}), 400))
        .startsWith("the image: not a JPEG");
    error(post("/predictions/net", png, "Content-Type", "multipart/form-data"), 400);
    error(post("/predictions/net", png, "Content-Type", "multipart/form-data; boundary=X"), 400);
    error(post("/predictions/net", new byte[20_001]), 413);
  }

  private static HttpResponse<byte[]> post(String path, byte[] body, String... more)
      throws IOException, InterruptedException {
    String[] headers = new String[2 + more.length];
    System.arraycopy(AUTHORISED, 0, headers, 0, 2);
    System.arraycopy(more, 0, headers, 2, more.length);
    return client.post(path, body, headers);
  }

  private static Socket begun(String text) throws IOException {
    Socket socket = client.socket();
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return socket;
  }

  private static String head(int length) {
    return "POST /predictions/net HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + TOKEN
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  @Test
  void whoSendsSlowlyOrNotAtAllIsCutOff() throws Exception {
    try (Socket silent = client.socket();
        Socket half = begun(head(100) + "abc");
        Socket slowHead = begun("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n")) {
      Thread drip =
          new Thread(
              () -> {
                try {
                  while (true) { // until it is closed
                    slowHead.getOutputStream().write('a');
                    Thread.sleep(100);
                  }
                } catch (IOException | InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      drip.start();
      assertThat(Client.rest(half)).startsWith("HTTP/1.1 408 ").contains("{\"error\":");
      drip.join(20_000);
      assertThat(drip.isAlive()).isFalse();
      assertThat(Client.rest(silent)).isEmpty();
    }
    assertThat(client.post("/predictions/net", TestModels.png(9, 9, 1), AUTHORISED).statusCode())
        .isEqualTo(200);
  }

  @Test
  void promisedBytesTakeNoMemoryAndTooManyBodiesAreRefused() throws Exception {
    Socket[] sockets = new Socket[7];
    try {
      for (int i = 0; i < sockets.length; i++) { // each takes 16 kB of the 100
        sockets[i] = begun(head(19_999) + "a".repeat(100));
      }
      List<String> answers = new ArrayList<>();
      for (Socket socket : sockets) {
        answers.add(Client.rest(socket));
      }
      assertThat(answers).anySatisfy(answer -> assertThat(answer).startsWith("HTTP/1.1 503 "));
      assertThat(answers).anySatisfy(answer -> assertThat(answer).startsWith("HTTP/1.1 408 "));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    for (int i = 0; i < 100; i++) {
      String metrics = Client.text(client.get("/metrics", AUTHORISED));
      if (metrics.contains("\nrepvgg_body_bytes 0.0\n")) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("bodies stay in memory");
  }

  /** As Java's own client does it: the head first, the body in another packet. */
  @Test
  void aRefusedRequestIsReadToItsEndAndItsConnectionKept() throws Exception {
    String refused = head(5).replace("/predictions/net", "/predictions/nope");
    String last = "GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    try (Socket socket = begun(refused)) {
      Thread.sleep(50);
      socket.getOutputStream().write(("12345" + last).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(Client.rest(socket)).startsWith("HTTP/1.1 404 ").contains("HTTP/1.1 200 ");
    }
  }

  @Test
  void clientsThatWaitForContinueAreToldBeforeTheySend() throws Exception {
    String head = head(19_000).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    try (Socket allowed = begun(head)) {
      byte[] first = allowed.getInputStream().readNBytes(12);
      assertThat(new String(first, StandardCharsets.ISO_8859_1)).isEqualTo("HTTP/1.1 100");
    }
    try (Socket refused = begun(head.replace("19000", "99000"))) {
      byte[] first = refused.getInputStream().readNBytes(12);
      assertThat(new String(first, StandardCharsets.ISO_8859_1)).isEqualTo("HTTP/1.1 413");
    }
  }
}
