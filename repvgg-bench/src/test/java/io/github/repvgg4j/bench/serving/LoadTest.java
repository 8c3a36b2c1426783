package io.github.repvgg4j.bench.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.repvgg4j.bench.serving.Load.Pace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client of the benchmarks, before the JDK's own server. */
class LoadTest {

  private final AtomicInteger number = new AtomicInteger();
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private HttpServer server;
  private URI address;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/echo", exchange -> answer(exchange, exchange.getRequestBody().readAllBytes(), 0));
    server.createContext(
        "/plain", exchange -> answer(exchange, "same".getBytes(StandardCharsets.UTF_8), 4));
    server.createContext("/busy", this::everyThirdIsRefused);
    server.start();
    address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  /**
   * @param length 0 for chunks
   */
  private static void answer(HttpExchange exchange, byte[] body, long length) throws IOException {
    exchange.sendResponseHeaders(200, length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void everyThirdIsRefused(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (number.incrementAndGet() % 3 == 0) {
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
    } else {
      answer(exchange, "busy".getBytes(StandardCharsets.UTF_8), 4);
    }
  }

  private Call post(String path, String body, String wanted) {
    return Call.post(
        address.resolve(path),
        Map.of("Content-Type", "text/plain"),
        body.getBytes(StandardCharsets.UTF_8),
        answer -> answer.text().equals(wanted));
  }

  @Test
  void countsAnswersByStatusAndJudgesEach() throws Exception {
    Load load =
        new Load(
            address,
            List.of(post("/echo", "ähnlich", "ähnlich"), post("/plain", "x", "other")),
            4,
            Pace.full(100));
    LoadResult result = load.run();
    assertThat(result.outcomes()).isEqualTo(Map.of("200", 100L));
    assertThat(result.wrong()).isEqualTo(50);
    assertThat(result.failed()).isZero();
    assertThat(result.millis(0.5)).isPositive().isLessThanOrEqualTo(result.millis(1));
  }

  @Test
  void refusedIsNotFailedAndNoAnswerIs() throws Exception {
    LoadResult refused =
        new Load(address, List.of(post("/busy", "x", "busy")), 3, Pace.full(90)).run();
    assertThat(refused.outcomes()).isEqualTo(Map.of("200", 60L, "503", 30L));
    assertThat(refused.failed()).isZero();
    server.stop(0);
    LoadResult none = new Load(address, List.of(post("/busy", "x", "busy")), 2, Pace.full(6)).run();
    assertThat(none.failed()).isEqualTo(6);
  }

  @Test
  void steadyLoadSendsWhatIsDueAndStopsWhenTold() throws Exception {
    Load load =
        new Load(address, List.of(post("/plain", "x", "same")), 4, Pace.steadyFor(0.5, 100));
    assertThat(load.run().outcomes()).isEqualTo(Map.of("200", 50L));
    RunningLoad running = RunningLoad.start(load.at(Pace.steadyFor(1e6, 100)));
    running.stop();
    assertThat(running.result().failed()).isZero();
  }

  @Test
  void fuzzedRequestsAreTheSameForASeed() {
    byte[] request = post("/plain", "x", "same").request();
    FuzzedBytes one = new FuzzedBytes(5);
    FuzzedBytes other = new FuzzedBytes(5);
    int changed = 0;
    for (int i = 0; i < 200; i++) {
      byte[] fuzzed = one.change(request);
      assertThat(other.change(request)).isEqualTo(fuzzed);
      changed += Arrays.equals(fuzzed, request) ? 0 : 1;
    }
    assertThat(changed).isGreaterThan(190);
  }
}
