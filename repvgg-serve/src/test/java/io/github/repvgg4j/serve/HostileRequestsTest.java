package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of all kinds, damaged at random: each is answered or cut off, and nothing stays. */
class HostileRequestsTest {

  private static final int REQUESTS = 500;

  @TempDir Path folder;

  private static byte[] request(String head, byte[] body) {
    byte[] first =
        (head + "\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(first, first.length + body.length);
    System.arraycopy(body, 0, all, first.length, body.length);
    return all;
  }

  private static List<byte[]> good() {
    byte[] png = TestModels.png(12, 9, 2);
    float[] image = TestModels.tensor(1, 3);
    byte[] json =
        ("{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[1,3,32,32],\"data\":"
                + Arrays.toString(image)
                + "}]}")
            .getBytes(StandardCharsets.UTF_8);
    String head = Client.tensorJson(1, 4 * image.length, "logits");
    byte[] binary = Arrays.copyOf(head.getBytes(StandardCharsets.UTF_8), head.length() + 12288);
    List<byte[]> good = new ArrayList<>();
    good.add(request("POST /predictions/net?top=2 HTTP/1.1", png));
    good.add(request("POST /v2/models/net/infer HTTP/1.1", json));
    good.add(
        request(
            "POST /v2/models/net/infer HTTP/1.1\r\nInference-Header-Content-Length: "
                + head.length(),
            binary));
    good.add(request("GET /v2/models/net HTTP/1.1", new byte[0]));
    return good;
  }

  private static byte[] damaged(byte[] good, Random random) {
    byte[] bytes = good.clone();
    int head = Math.min(bytes.length, 200);
    for (int change = 1 + random.nextInt(5); change > 0; change--) {
      int at = random.nextInt(random.nextBoolean() ? head : bytes.length);
      bytes[at] =
          (byte)
              (random.nextBoolean() ? random.nextInt(256) : "0\r\n{,:%/".charAt(random.nextInt(8)));
    }
    return random.nextInt(4) > 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  @Test
  void nothingOfThemStays() throws Exception {
    List<byte[]> good = good();
    Random random = new Random(19);
    try (RunningServer running = new RunningServer(folder, options -> options)) {
      Client client = running.client();
      for (byte[] request : good) {
        assertThat(answer(client, request)).startsWith("HTTP/1.1 200 ");
      }
      for (int i = 0; i < REQUESTS; i++) {
        byte[] request = damaged(good.get(random.nextInt(good.size())), random);
        String answer = answer(client, request);
        assertThat(answer).as("request %s", i).doesNotContain("HTTP/1.1 500 ");
        assertThat(answer).doesNotContain(folder.toString()).doesNotContain("Exception");
        if (i % 50 == 0) {
          assertThat(answer(client, good.get(i / 50 % good.size()))).startsWith("HTTP/1.1 200 ");
        }
      }
      settle(client);
      assertThat(client.metric("repvgg_errors_total{kind=\"failed\"}")).isZero();
      assertThat(client.metric("repvgg_images_inside")).isZero();
      assertThat(client.metric("repvgg_queue_images")).isZero();
      assertThat(client.metric("repvgg_body_bytes")).isZero();
      float[] image = TestModels.tensor(1, 9);
      assertThat(client.logits("net", image, 1)).isEqualTo(client.logits("net", image, 1));
    }
  }

  private static void settle(Client client) throws IOException, InterruptedException {
    for (int i = 0; i < 200 && client.metric("repvgg_requests_open") > 1; i++) {
      Thread.sleep(20);
    }
    assertThat(client.metric("repvgg_requests_open")).isEqualTo(1); // the one that asks
  }

  /** Sends it and no more; the server must not wait for what doesn't come. */
  private static String answer(Client client, byte[] request) throws IOException {
    try (Socket socket = client.socket()) {
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
      } catch (IOException e) {
        return "cut off"; // before it had sent all
      }
      return Client.rest(socket);
    }
  }
}
