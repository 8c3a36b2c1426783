package io.github.repvgg4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which kernels compute: those of the runtime with the same option, to the bit. */
class ConvolutionsTest {

  private static final int SIDE = 96;

  /** With convolutions that Winograd's kernels take, where the CPU has any. */
  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(6, 1, 1, 1), List.of(32, 128, 64, 64, 64), 10, InputShape.square(SIDE));

  private static final float[] IMAGE = TestModels.tensor(1, SIDE, 21);

  @TempDir static Path folder;
  private static final Map<Convolutions, float[]> EXPECTED = new EnumMap<>(Convolutions.class);

  @BeforeAll
  static void compute() throws IOException {
    Path zip = TestModels.fast(folder.resolve("net.zip"), SPEC, 3);
    for (Convolutions each : Convolutions.values()) {
      RuntimeOptions options = RuntimeOptions.of(Precision.FP32).convolutions(each);
      try (FastNetwork network = FastNetwork.load(zip, options)) {
        EXPECTED.put(each, network.logits(IMAGE, 1, SPEC.input()));
      }
    }
  }

  private static RunningServer start(Convolutions convolutions) throws IOException {
    return new RunningServer(folder, options -> options.convolutions(convolutions));
  }

  private static String said(Client client, String model) throws Exception {
    HttpResponse<byte[]> facts = client.get("/v2/models/" + model);
    return Client.json(facts).path("parameters").path("convolutions").asText();
  }

  private static void await(Client client, String convolutions) throws Exception {
    for (int i = 0; i < 1000 && !said(client, "net").equals(convolutions); i++) {
      Thread.sleep(20);
    }
    assertThat(said(client, "net")).isEqualTo(convolutions);
  }

  @ParameterizedTest
  @EnumSource
  void answersAreTheRuntimesWithTheSameOptionToTheBit(Convolutions convolutions) throws Exception {
    try (RunningServer running = start(convolutions)) {
      await(running.client(), convolutions.toString());
      assertThat(running.client().logits("net", IMAGE, 1, SIDE))
          .isEqualTo(EXPECTED.get(convolutions));
    }
  }

  /** Or else the test above would not tell one from the other. */
  @Test
  void theKernelsRoundOtherwise() {
    float[] direct = EXPECTED.get(Convolutions.DIRECT);
    boolean other = !Arrays.equals(EXPECTED.get(Convolutions.WINOGRAD), direct);
    assumeTrue(other, "this CPU has no kernels of Winograd's");
  }

  @Test
  void untilTheFastestAreMeasuredDirectOnesAnswer() throws Exception {
    try (RunningServer running = start(Convolutions.FASTEST)) {
      Client client = running.client();
      assertThat(said(client, "net")).isEqualTo("direct");
      while (said(client, "net").equals("direct")) {
        float[] logits = client.logits("net", IMAGE, 1, SIDE);
        boolean before = Arrays.equals(logits, EXPECTED.get(Convolutions.DIRECT));
        assertThat(before || Arrays.equals(logits, EXPECTED.get(Convolutions.FASTEST))).isTrue();
      }
      assertThat(client.logits("net", IMAGE, 1, SIDE))
          .isEqualTo(EXPECTED.get(Convolutions.FASTEST));
    }
  }

  /** Each new size would have to be measured while somebody waits. */
  @Test
  void aModelThatTakesImagesOfAnySizeStaysDirect(@TempDir Path other) throws Exception {
    Path bare = other.resolve("bare.zip");
    try (ZipFile from = new ZipFile(folder.resolve("net.zip").toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(bare))) {
      for (ZipEntry entry : from.stream().toList()) {
        if (!List.of(ModelArchive.METADATA, Probe.ENTRY, "certificate.json")
            .contains(entry.getName())) {
          to.putNextEntry(new ZipEntry(entry.getName()));
          from.getInputStream(entry).transferTo(to);
        }
      }
    }
    try (RunningServer running = new RunningServer(other, options -> options)) {
      await(running.client(), "fastest"); // the other model, loaded and measured behind it
      assertThat(said(running.client(), "bare")).isEqualTo("direct");
      assertThat(running.client().logits("bare", IMAGE, 1, SIDE))
          .isEqualTo(EXPECTED.get(Convolutions.DIRECT));
    }
  }
}
