package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Owned;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.plan.DirectFloats;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.FloatBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class FastNetworkLifeTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 2, 1), List.of(16, 16, 32, 32, 64), 10, InputShape.square(32));
  private static final RuntimeOptions FP32 = RuntimeOptions.of(Precision.FP32);

  @TempDir Path folder;

  private Path zip(MultiLayerNetwork network) throws Exception {
    Path zip = folder.resolve("fast.zip");
    ModelZipWriter.of(network, ModelMetadata.of(Form.FAST, SPEC)).write(zip);
    return zip;
  }

  @Test
  void loadedZipAnswersAsTheNetworkItWasWrittenFrom() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 1);
    INDArray images = FusedNetworks.images(2, 2, 3, 32, 32);
    try (ArrayNetwork fast = new ArrayNetwork(FastNetwork.load(zip(network), FP32))) {
      assertThat(fast.selfCheck().orElseThrow().passed()).isTrue();
      Tolerance.FLOAT32.check(fast.logits(images), Logits.of(network, images));
    }
  }

  @Test
  void directBuffersGiveTheSameLogitsAsArrays() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 3);
    INDArray images = FusedNetworks.images(4, 2, 3, 32, 32);
    FloatBuffer in = DirectFloats.zeros(7 + 2 * 3 * 32 * 32).position(7);
    in.put(images.data().asFloat()).position(7);
    FloatBuffer out = DirectFloats.zeros(3 + 20).position(3);
    try (FastNetwork fast =
        FastNetwork.load(zip(network), FP32.selfCheck(SelfCheck.SKIP).threads(1))) {
      fast.logits(in, 2, InputShape.square(32), out);
      float[] expected = fast.logits(images.data().asFloat(), 2, InputShape.square(32));
      for (int i = 0; i < 20; i++) {
        assertThat(out.get(3 + i)).isEqualTo(expected[i]);
      }
      assertThat(fast.selfCheck()).isEmpty();
    }
  }

  @Test
  void heapBuffersAndShortBuffersAreRefused() {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 3);
    InputShape shape = InputShape.square(32);
    try (ArrayNetwork arrays = ArrayNetwork.of(network, shape, FP32)) {
      FastNetwork fast = arrays.network();
      assertThatThrownBy(
              () -> fast.logits(FloatBuffer.allocate(3072), 1, shape, DirectFloats.zeros(10)))
          .hasMessageContaining("images: a direct buffer in native order expected");
      assertThatThrownBy(
              () -> fast.logits(DirectFloats.zeros(3071), 1, shape, DirectFloats.zeros(10)))
          .hasMessage("images: 3072 numbers expected, the buffer has 3071");
      assertThatThrownBy(
              () -> fast.logits(DirectFloats.zeros(3072), 1, shape, DirectFloats.zeros(9)))
          .hasMessage("logits: 10 numbers expected, the buffer has 9");
      assertThatThrownBy(
              () ->
                  fast.logits(
                      DirectFloats.zeros(3072),
                      1,
                      new InputShape(1, 48, 64),
                      DirectFloats.zeros(10)))
          .hasMessage("images: 3 channels expected, got 1");
      assertThatThrownBy(
              () ->
                  fast.logits(
                      DirectFloats.zeros(3072),
                      1,
                      shape,
                      DirectFloats.zeros(10).asReadOnlyBuffer()))
          .hasMessage("logits: a buffer that can be written to expected");
      for (int batch : new int[] {0, -1}) {
        assertThatThrownBy(() -> fast.logits(new float[3072], batch, shape))
            .hasMessage("batch: 1 or more, got " + batch);
      }
      for (int batch : new int[] {2, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> fast.logits(new float[3072], batch, shape))
            .hasMessage("images: " + batch * 3072L + " numbers expected, got 3072");
      }
      assertThatThrownBy(() -> fast.logits(new float[6144], 1, shape))
          .hasMessage("images: 3072 numbers expected, got 6144");
    }
  }

  @ParameterizedTest(name = "threads {0}, of the runtime''s own: {1}")
  @CsvSource({"1, false", "1, true", "2, false", "2, true"})
  void manyCallersGetTheirOwnAnswers(int threads, boolean own) throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 5);
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (ArrayNetwork fast =
        ArrayNetwork.of(network, SPEC.input(), FP32.threads(threads).ownThreads(own).plans(2))) {
      List<Future<?>> answers = new ArrayList<>();
      for (int caller = 0; caller < 8; caller++) {
        INDArray images = FusedNetworks.images(caller, 1 + caller % 4, 3, 32, 32);
        INDArray expected = Logits.of(network, images);
        answers.add(
            callers.submit(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    Tolerance.FLOAT32.check(fast.logits(images), expected);
                  }
                }));
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
    } finally {
      callers.shutdown();
    }
  }

  @Test
  void closedNetworkRefusesCallsAndLeavesNothingNativeBehind() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 6);
    INDArray images = FusedNetworks.images(7, 1, 3, 32, 32);
    Path zip = zip(network);
    RuntimeOptions quick = FP32.selfCheck(SelfCheck.SKIP);
    long before = 0;
    for (int i = 0; i < 20; i++) {
      ArrayNetwork fast = new ArrayNetwork(FastNetwork.load(zip, quick));
      images.close();
      images = FusedNetworks.images(7, 1 + i % 2, 3, 32, 32);
      fast.logits(images).close();
      fast.close();
      fast.close();
      INDArray last = images;
      assertThatThrownBy(() -> fast.logits(last)).hasMessage("this FastNetwork is closed");
      before = i == 0 ? Owned.alive() : before;
    }
    assertThat(Owned.alive()).isLessThanOrEqualTo(before);
  }

  @Test
  void weightsArePackedOnceALayoutNotOnceAPlan() {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 8);
    try (ArrayNetwork fast = ArrayNetwork.of(network, SPEC.input(), FP32)) {
      long one = fast.network().memory().weightBytes();
      assertThat(one).isLessThan(2 * network.numParams() * Float.BYTES);
      runBatches(fast);
      long all = fast.network().memory().weightBytes();
      // oneDNN may want another layout for another batch size, which ones depends on the processor
      assertThat(all).isLessThan(BATCHES.length * one);
      runBatches(fast);
      assertThat(fast.network().memory().weightBytes()).isEqualTo(all);
    }
  }

  private static final int[] BATCHES = {1, 2, 3, 8, 16};

  private static void runBatches(ArrayNetwork fast) {
    for (int batch : BATCHES) {
      fast.logits(FusedNetworks.images(9, batch, 3, 32, 32));
    }
  }

  @Test
  void saysWhyAndWhatHelpsWhereOneDnnCannotBeLoaded() throws Exception {
    Path zip = zip(FusedNetworks.of(SPEC, 10));
    FastNetworkLoader loader =
        new FastNetworkLoader(FP32, () -> Optional.of("no jnidnnl in java.library.path"));
    assertThatThrownBy(() -> loader.load(zip))
        .isInstanceOf(OneDnnUnavailableException.class)
        .hasMessageStartingWith("oneDNN cannot be loaded: no jnidnnl in java.library.path; put")
        .hasMessageContaining("--engine dl4j");
    assertThat(new OneDnnUnavailableException("no cache: set org.bytedeco.javacpp.cachedir"))
        .hasMessageContaining("; name a folder that can be written to: -D");
  }

  @Test
  void aConfigurationThatIsNoJsonIsNamedWithItsFile() throws Exception {
    Path zip = zip(FusedNetworks.of(SPEC, 11));
    try (FileSystem entries = FileSystems.newFileSystem(zip)) {
      Files.writeString(entries.getPath("configuration.json"), "{\n\"confs\": [");
    }
    assertThatThrownBy(() -> FastNetwork.load(zip, FP32))
        .hasMessage(zip + ": configuration.json: is no JSON from line 2 on; it was damaged");
  }

  @Test
  void moreThreadsThanOpenMpCanStartAreRefused() {
    assertThatThrownBy(() -> FP32.threads(10_000))
        .hasMessage("threads: 0 (as many as processors) to 1024, got 10000");
  }
}
