package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.serve.http.HttpLimits;
import io.github.repvgg4j.serve.http.HttpOptions;
import io.github.repvgg4j.serve.inference.InferenceOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More than the server can do: refused at once or given up in time, and the rest is right. */
class OverloadTest {

  @TempDir Path folder;

  private static HttpResponse<byte[]> infer(Client client, int count, String more)
      throws Exception {
    float[] values = TestModels.tensor(count, 7);
    String json = Client.tensorJson(count, 4 * values.length, "logits");
    return client.infer("net", json.replaceFirst("\\{", "{" + more), Client.littleEndian(values));
  }

  @Test
  void beyondTheQueueRequestsAreRefusedAtOnceAndTheOthersRight() throws Exception {
    InferenceOptions small =
        new InferenceOptions(8, Duration.ofSeconds(9), Duration.ofSeconds(30), 1500);
    ExecutorService callers = Executors.newFixedThreadPool(24);
    try (RunningServer running = new RunningServer(folder, options -> options.inference(small))) {
      Client client = running.client();
      byte[] expected = infer(client, 8, "").body();
      List<Callable<HttpResponse<byte[]>>> calls = new ArrayList<>();
      for (int i = 0; i < 240; i++) {
        calls.add(() -> infer(client, 8, ""));
      }
      int refused = 0;
      for (Future<HttpResponse<byte[]>> done : callers.invokeAll(calls)) {
        HttpResponse<byte[]> response = done.get();
        if (response.statusCode() == 503) {
          refused++;
          assertThat(response.headers().firstValue("Retry-After")).isPresent();
        } else {
          assertThat(response.statusCode()).isEqualTo(200);
          assertThat(response.body()).hasSameSizeAs(expected);
        }
      }
      assertThat(refused).isBetween(1, 239);
      assertThat(client.metric("repvgg_errors_total{kind=\"busy\"}")).isEqualTo(refused);
      assertThat(infer(client, 8, "").body()).hasSameSizeAs(expected);
      assertThat(infer(client, 9, "").statusCode()).isEqualTo(400); // never fits
      assertThat(client.post("/predictions/net", TestModels.png(40, 40, 1)).statusCode())
          .isEqualTo(413); // more than 1500 pixels
    } finally {
      callers.shutdown();
    }
  }

  private static HttpOptions http(HttpLimits limits) {
    return new HttpOptions("127.0.0.1", 0, Optional.empty(), Set.of(), limits);
  }

  /**
   * Some kilobytes that are 40 million pixels: the connection is silent for longer than it may be.
   */
  @Test
  void whoWaitsForAnAnswerIsNotIdle() throws Exception {
    BufferedImage large = new BufferedImage(6400, 6400, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(large, "png", png);
    HttpLimits impatient =
        new HttpLimits(32 << 20, 256L << 20, 4096, Duration.ofMillis(250), Duration.ofSeconds(30));
    InferenceOptions patient =
        new InferenceOptions(8, Duration.ofMinutes(1), Duration.ofMinutes(1), 50_000_000);
    try (RunningServer running =
        new RunningServer(folder, options -> options.inference(patient).http(http(impatient)))) {
      HttpResponse<byte[]> response = running.client().post("/predictions/net", png.toByteArray());
      assertThat(response.statusCode()).as(Client.text(response)).isEqualTo(200);
    }
  }

  @Test
  void bodiesThatCanNeverBeReadAreTooLarge() throws Exception {
    HttpLimits tight =
        new HttpLimits(20_000, 20_000, 100, Duration.ofSeconds(30), Duration.ofSeconds(30));
    String json = "{\"inputs\":[" + " ".repeat(9_000) + "]}";
    try (RunningServer running = new RunningServer(folder, options -> options.http(http(tight)))) {
      Client client = running.client();
      for (HttpResponse<byte[]> refused :
          List.of(
              client.infer("net", json),
              client.infer("net", json, new byte[0]))) { // by the header, all of it is JSON
        assertThat(refused.statusCode()).as(Client.text(refused)).isEqualTo(413);
      }
      float[] image = TestModels.tensor(1, 3);
      assertThat(client.logits("net", image, 1)).isNotEmpty(); // in binary
    }
  }

  @Test
  void aRequestIsGivenUpAtItsDeadlineAndLeavesNothing() throws Exception {
    try (RunningServer running = new RunningServer(folder, options -> options)) {
      Client client = running.client();
      HttpResponse<byte[]> response = infer(client, 200, "\"parameters\":{\"timeout\":1},");
      assertThat(response.statusCode()).isEqualTo(504);
      assertThat(Client.json(response).path("error").asText())
          .isEqualTo("not computed within 1 microsecond");
      assertThat(infer(client, 200, "\"parameters\":{\"timeout\":9000000},").statusCode())
          .isEqualTo(200);
      assertThat(client.metric("repvgg_images_inside")).isZero();
      assertThat(client.metric("repvgg_queue_images")).isZero();
    }
  }
}
