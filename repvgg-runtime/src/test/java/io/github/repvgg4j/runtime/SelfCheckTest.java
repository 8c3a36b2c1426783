package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.ProbeJson;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.check.SelfCheckReport;
import io.github.repvgg4j.runtime.check.SelfCheckReport.Reference;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What loading finds, and that it can find something. */
class SelfCheckTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 2, 1), List.of(16, 16, 32, 32, 64), 10, InputShape.square(32));
  private static final RuntimeOptions FP32 = RuntimeOptions.of(Precision.FP32);

  @TempDir Path folder;

  private Path zip(MultiLayerNetwork network, byte[] probe) throws Exception {
    Path zip = folder.resolve("fast.zip");
    ModelZipWriter writer = ModelZipWriter.of(network, ModelMetadata.of(Form.FAST, SPEC));
    (probe == null ? writer : writer.withEntry(Probe.ENTRY, probe)).write(zip);
    return zip;
  }

  private static Probe probe(MultiLayerNetwork network) {
    return ArrayNetwork.probe(network, 5, SPEC.input(), 3);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void recordedLogitsOfDeeplearning4jAreMet(Precision precision) throws Exception {
    HasCode.assume(precision);
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 1);
    Path zip = zip(network, ProbeJson.write(probe(network)));
    try (FastNetwork fast = FastNetwork.load(zip, RuntimeOptions.of(precision))) {
      SelfCheckReport report = fast.selfCheck().orElseThrow();
      assertThat(report.reference()).isEqualTo(Reference.DEEPLEARNING4J);
      assertThat(report.images()).isEqualTo(3);
      assertThat(report.maxRelativeDifference()).isLessThan(report.bound());
      assertThat(report.top1Agreement()).isEqualTo(1);
    }
  }

  @Test
  void aFileWithoutRecordedLogitsIsHeldAgainstLoopsInJava() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 2);
    try (FastNetwork fast = FastNetwork.load(zip(network, null), FP32)) {
      SelfCheckReport report = fast.selfCheck().orElseThrow();
      assertThat(report.reference()).isEqualTo(Reference.PLAIN_JAVA);
      assertThat(report.maxRelativeDifference()).isBetween(1e-9, 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SelfCheck.class,
      names = {"RECORDED", "REFERENCE"})
  void weightsThatAreNotTheFilesAreRefused(SelfCheck check) throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 6);
    Probe recorded = probe(network);
    network.getLayer(2).getParam("W").muli(1.001);
    Path zip = zip(network, ProbeJson.write(recorded));
    if (check == SelfCheck.REFERENCE) { // the file's own weights, so the check passes
      FastNetwork.load(zip, FP32.selfCheck(check)).close();
      return;
    }
    assertThatThrownBy(() -> FastNetwork.load(zip, FP32.selfCheck(check)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(zip + ": self-check failed: oneDNN")
        .hasMessageContaining("differs from Deeplearning4j by")
        .hasMessageContaining("(allowed 1e-04)")
        .hasMessageNotContaining("use FP32");
  }

  @ParameterizedTest(name = "{0} -> {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\":1 | \"schema\":9 | schema: must be 1, got 9",
        "\"images\":3 | \"images\":0 | images: must be 1 to 16, got 0",
        "\"images\":3 | \"images\":4 | logits: 30 numbers are no whole rows of 4 images",
        "\"images\":3 | \"images\":1 | 30 logits of images [3, 32, 32] do not fit the network",
        "[3,32,32] | [1,32,32] | 10 logits of images [1, 32, 32] do not fit the network",
        "[3,32,32] | [3,32] | shape: needs [C, H, W], got [3,32]",
        "[3,32,32] | [3,-1,32] | input height",
        "[3,32,32] | [3,2000000,2000000] | are more than 4194304 numbers",
        "\"logits\":[ | \"logits\":[1e99, | logits: hold Infinity",
        "\"logits\":[ | \"logits\":[\"NaN\", | logits: hold \"NaN\"",
        "\"logits\":[ | \"logits\":[NaN, | probe.json: is no JSON from line 1 on; it was damaged;",
        "{ | [ | probe.json: is no JSON from line 1 on; it was damaged;"
      })
  void aDamagedOrHostileEntryIsOneLine(String from, String to, String message) throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 7);
    String json = new String(ProbeJson.write(probe(network)), StandardCharsets.UTF_8);
    Path zip = zip(network, json.replace(from, to).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> FastNetwork.load(zip, FP32))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(zip + ": probe.json: ")
        .hasMessageContaining(message)
        .hasMessageEndingWith("; convert its training form again")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    FastNetwork.load(zip, FP32.selfCheck(SelfCheck.SKIP)).close();
  }

  @Test
  void logitsThatAreAllTheSameProveNothing() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 8);
    network.params().assign(0);
    assertThatThrownBy(() -> probe(network)).hasMessageContaining("logits: are all 0.0");
    Path zip = zip(network, null);
    assertThatThrownBy(() -> FastNetwork.load(zip, FP32))
        .hasMessageContaining("all its logits are 0.0, so that the self-check proves nothing");
  }

  @Test
  void recordedLogitsAreReadAsTheyWereWritten() throws Exception {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 9);
    Probe probe = probe(network);
    Path zip = zip(network, ProbeJson.write(probe));
    try (var open = io.github.repvgg4j.archive.ModelArchive.open(zip)) {
      Probe read = ProbeJson.read(open).orElseThrow();
      assertThat(read.logits()).isEqualTo(probe.logits());
      assertThat(read.values()).isEqualTo(probe.values());
      assertThat(read.seed()).isEqualTo(probe.seed());
    }
  }
}
