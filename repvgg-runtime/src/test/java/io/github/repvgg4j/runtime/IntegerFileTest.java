package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.QuantizedFiles.Floats;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.RepVggSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** INT8 zips, and what CPUs make of them. */
class IntegerFileTest {

  private static final RepVggSpec SPEC = IntegerNetworkTest.spec(2, true);

  @TempDir Path folder;
  private Path fast;
  private NetworkParts parts;

  @BeforeEach
  void write() throws IOException {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 3);
    fast = QuantizedFiles.fast(folder.resolve("fast.zip"), network, SPEC);
    parts = ArrayNetwork.parts(network, SPEC.input(), Optional.empty());
  }

  private Path quantized(SimpleQuantizer quantizer, Floats floats) throws IOException {
    return QuantizedFiles.quantized(
        fast,
        IntegerNetworkTest.quantize(quantizer, parts),
        folder.resolve(quantizer.weightLimit() + "-" + floats + ".zip"),
        floats);
  }

  @Test
  void wholeAndLeanFilesGiveTheBitsOfTheNetworkInMemory() throws IOException {
    float[] images = IntegerNetworkTest.images(1, 2, SPEC.input());
    float[] expected;
    try (FastNetwork network =
        FastNetwork.of(
            parts,
            IntegerNetworkTest.quantize(SimpleQuantizer.PLAIN, parts),
            IntegerNetworkTest.INT8)) {
      expected = network.logits(images, 2, SPEC.input());
    }
    for (Floats floats : Floats.values()) {
      Path file = quantized(SimpleQuantizer.PLAIN, floats);
      try (FastNetwork network = FastNetwork.load(file, IntegerNetworkTest.INT8)) {
        assertThat(network.logits(images, 2, SPEC.input())).isEqualTo(expected);
        assertThat(network.description()).endsWith("INT8");
      }
    }
  }

  @Test
  void aFileWithoutIntegersNamesTheCommandThatMakesThem() {
    assertThatThrownBy(() -> FastNetwork.load(fast, IntegerNetworkTest.INT8))
        .isInstanceOf(ArchiveException.class)
        .hasMessage(
            fast
                + ": has no integers to run in INT8; make them with repvgg-deploy quantize, or run"
                + " it in FP32");
  }

  @Test
  void aWholeFileStillRunsInFloats() throws IOException {
    float[] images = IntegerNetworkTest.images(1, 1, SPEC.input());
    Path file = quantized(SimpleQuantizer.PLAIN, Floats.KEPT);
    RuntimeOptions options = RuntimeOptions.of(Precision.FP32);
    try (FastNetwork floats = FastNetwork.load(fast, options);
        FastNetwork whole = FastNetwork.load(file, options)) {
      assertThat(whole.logits(images, 1, SPEC.input()))
          .isEqualTo(floats.logits(images, 1, SPEC.input()));
    }
    Path lean = quantized(SimpleQuantizer.PLAIN, Floats.LEFT_OUT);
    assertThatThrownBy(() -> FastNetwork.load(lean, options))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("lean");
  }

  /** Small weights never saturate; large ones do without VNNI, and are found out, and refused. */
  @ParameterizedTest
  @ValueSource(strings = {"SSE41", "AVX2", "AVX512_CORE", "AVX512_CORE_VNNI"})
  @EnabledOnOs(architectures = {"amd64", "x86_64"})
  void cpusWithoutVnniTakePortableFilesOnly(String instructions) throws Exception {
    Path portable = quantized(SimpleQuantizer.PLAIN.portable(), Floats.KEPT);
    Path full = quantized(SimpleQuantizer.PLAIN, Floats.KEPT);
    List<String> lines =
        OwnProcess.run(
            List.of(),
            List.of("-XX:TieredStopAtLevel=1"),
            Map.of("DNNL_MAX_CPU_ISA", instructions),
            IntegerProgram.class,
            portable,
            full);
    assertThat(lines).anyMatch(line -> line.matches("found 0 of [0-9,]+ codes .*"));
    List<String> loaded = lines.stream().filter(line -> line.startsWith("loaded ")).toList();
    assertThat(loaded.get(0)).contains("INT8 0 of ").contains("codes of 15 tensors differ");
    if (lines.contains("saturates false")) {
      assertThat(loaded.get(1)).contains("INT8 0 of ");
      return;
    }
    assertThat(loaded.get(1))
        .isEqualTo(
            "loaded "
                + full
                + ": its INT8 weights reach ±127, whose sums this CPU, without VNNI, would cut off;"
                + " quantize it with --portable, which is exact on every CPU, or run it in FP32"
                + " (--without-vnni fp32)");
    assertThat(lines.stream().filter(line -> line.startsWith("otherwise ")).toList().get(1))
        .contains(" FP32 ");
    assertThat(lines.stream().filter(line -> line.startsWith("found ")).toList().get(1))
        .doesNotStartWith("found 0 of ");
  }
}
