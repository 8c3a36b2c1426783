package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.serve.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files come, change and go while requests run. */
class SwapTest {

  private static final float[] IMAGE = TestModels.tensor(1, 11);

  @TempDir Path folder;

  private RunningServer start() throws IOException {
    ModelOptions models =
        new ModelOptions(folder, Precision.FP32, Convolutions.DIRECT, Duration.ofMillis(20));
    return new RunningServer(folder, options -> options.models(models));
  }

  private static float[] expected(long seed, Path folder) throws IOException {
    Path zip = Files.write(folder.resolve("expected"), TestModels.fast(seed));
    try (FastNetwork network = FastNetwork.load(zip, RuntimeOptions.of(Precision.FP32))) {
      return network.logits(IMAGE, 1, TestModels.SPEC.input());
    } finally {
      Files.delete(zip);
    }
  }

  private static boolean close(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Math.abs(a[i] - b[i]) > 1e-5 * Math.max(1, Math.abs(b[i]))) {
        return false;
      }
    }
    return true;
  }

  private static void await(Check check) throws Exception {
    for (int i = 0; i < 600 && !check.holds(); i++) {
      Thread.sleep(20);
    }
    assertThat(check.holds()).isTrue();
  }

  private interface Check {
    boolean holds() throws Exception;
  }

  @Test
  void aReplacedFileIsSwappedWithoutAFailedRequest() throws Exception {
    float[][] expected = {expected(2, folder), expected(1, folder)};
    ExecutorService callers = Executors.newFixedThreadPool(4);
    AtomicBoolean end = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    try (RunningServer running = start()) {
      Client client = running.client();
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        done.add(
            callers.submit(
                () -> {
                  while (!end.get()) {
                    float[] logits = client.logits("net", IMAGE, 1); // fails where it isn't 200
                    assertThat(close(logits, expected[0]) || close(logits, expected[1]))
                        .as(Arrays.toString(logits))
                        .isTrue();
                    answered.incrementAndGet();
                  }
                  return null;
                }));
      }
      for (int swap = 0; swap < 6; swap++) {
        float[] next = expected[swap % 2];
        RunningServer.put(folder.resolve("net.zip"), TestModels.fast(2 - swap % 2));
        await(() -> close(client.logits("net", IMAGE, 1), next));
      }
      end.set(true);
      for (Future<?> each : done) {
        each.get();
      }
      assertThat(answered.get()).isGreaterThan(20);
    } finally {
      end.set(true);
      callers.shutdown();
    }
  }

  @Test
  void aBadFileIsRefusedAndTheOldOneStays() throws Exception {
    float[] expected = expected(1, folder);
    byte[] good = TestModels.fast(2);
    byte[] damaged = good.clone();
    for (int i = damaged.length / 3; i < damaged.length / 2; i++) {
      damaged[i] ^= 0x55;
    }
    try (RunningServer running = start()) {
      Client client = running.client();
      for (byte[] bad :
          List.of(new byte[0], new byte[] {1, 2, 3}, Arrays.copyOf(good, 5000), damaged)) {
        RunningServer.put(folder.resolve("net.zip"), bad);
        Thread.sleep(150); // several looks
        assertThat(client.logits("net", IMAGE, 1)).isEqualTo(expected);
      }
      RunningServer.put(folder.resolve("net.zip"), good);
      float[] after = expected(2, folder);
      await(() -> close(client.logits("net", IMAGE, 1), after));
    }
  }

  @Test
  void versionsComeAndGoByFileName() throws Exception {
    float[] first = expected(1, folder);
    float[] second = expected(2, folder);
    try (RunningServer running = start()) {
      Client client = running.client();
      Path next = folder.resolve("net@2.zip");
      RunningServer.put(next, TestModels.fast(2));
      await(() -> client.get("/v2/models/net/versions/2/ready").statusCode() == 200);
      assertThat(client.logits("net", IMAGE, 1)).isEqualTo(second); // the highest
      assertThat(client.logits("net/versions/1", IMAGE, 1)).isEqualTo(first);
      Files.delete(next);
      await(() -> client.get("/v2/models/net/versions/2/ready").statusCode() == 404);
      assertThat(client.logits("net", IMAGE, 1)).isEqualTo(first);
    }
  }

  /** Written in place, slowly: what is there is no model until the writer is done. */
  @Test
  void aFileThatIsStillWrittenIsWaitedFor() throws Exception {
    byte[] bytes = TestModels.fast(2);
    Path slow = folder.resolve("slow.zip");
    try (RunningServer running = start();
        var out = Files.newOutputStream(slow)) {
      Client client = running.client();
      for (int part = 0; part < 10; part++) {
        int from = bytes.length * part / 10;
        out.write(bytes, from, bytes.length * (part + 1) / 10 - from);
        out.flush();
        Thread.sleep(30);
      }
      await(() -> client.get("/v2/models/slow/ready").statusCode() == 200);
      assertThat(client.logits("slow", IMAGE, 1)).isEqualTo(expected(2, folder));
    }
  }

  @Test
  void aZipThatTheFastRuntimeCannotTakeIsServedByAnotherLibrary() throws Exception {
    TestModels.training(folder.resolve("trained.zip"), TestModels.SPEC, 1);
    try (RunningServer running = start()) {
      Client client = running.client();
      assertThat(Client.json(client.get("/v2/models/trained")).path("platform").asText())
          .isEqualTo("deeplearning4j");
      float[] fast = client.logits("net", IMAGE, 1);
      float[] trained = client.logits("trained", IMAGE, 1);
      float largest = 0;
      for (float each : fast) {
        largest = Math.max(largest, Math.abs(each));
      }
      for (int i = 0; i < fast.length; i++) {
        assertThat(trained[i])
            .isCloseTo(fast[i], org.assertj.core.data.Offset.offset(1e-4f * largest));
      }
    }
  }
}
