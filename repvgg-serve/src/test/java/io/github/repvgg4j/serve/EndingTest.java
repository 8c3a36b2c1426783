package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is told to end goes on answering for a while, and gives the answers that are due.
 */
class EndingTest {

  private static final byte[] PNG = TestModels.png(20, 20, 1);

  @TempDir Path folder;

  private static Socket half(Client client) throws IOException {
    Socket socket = client.socket();
    String head =
        "POST /predictions/net HTTP/1.1\r\nHost: x\r\nContent-Length: " + PNG.length + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(PNG, 0, 10);
    socket.getOutputStream().flush();
    return socket;
  }

  private static CompletableFuture<Boolean> end(Server server) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.end();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void awaitNotReady(Client client) throws Exception {
    for (int i = 0; i < 500 && client.get("/v2/health/ready").statusCode() == 200; i++) {
      Thread.sleep(5);
    }
    assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void itSaysThatItIsNotReadyButAnswersAndThenFinishes() throws Exception {
    try (RunningServer running =
            new RunningServer(
                folder, o -> o.ending(Duration.ofMillis(500), Duration.ofSeconds(20)));
        Socket begun = half(running.client())) {
      Client client = running.client();
      CompletableFuture<Boolean> ending = end(running.server());
      awaitNotReady(client);
      assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(client.post("/predictions/net", PNG).statusCode()).isEqualTo(200);
      for (int i = 0; i < 500 && connects(client); i++) {
        Thread.sleep(10);
      }
      assertThat(ending).isNotDone();
      begun.getOutputStream().write(PNG, 10, PNG.length - 10); // its answer is due
      assertThat(Client.rest(begun)).startsWith("HTTP/1.1 200 ").contains("Connection: close");
      assertThat(ending.get(20, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(client::socket).isInstanceOf(ConnectException.class);
    }
  }

  private static boolean connects(Client client) throws IOException {
    try (Socket socket = client.socket()) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }

  @Test
  void whatDoesNotFinishIsGivenUp() throws Exception {
    try (RunningServer running =
            new RunningServer(folder, o -> o.ending(Duration.ZERO, Duration.ofMillis(200)));
        Socket begun = half(running.client())) {
      assertThat(begun.isConnected()).isTrue();
      for (int i = 0; i < 500 && running.client().metric("repvgg_requests_open") < 2; i++) {
        Thread.sleep(5);
      }
      assertThat(end(running.server()).get(20, TimeUnit.SECONDS)).isFalse();
    }
  }
}
