package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.TrainingForm;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {

  @TempDir Path folder;
  private Path training;
  private Path fast;

  @BeforeEach
  void convert() throws IOException {
    training = Models.trainingZip(folder.resolve("model.zip"));
    fast = folder.resolve("fast.zip");
    Cli run =
        Cli.run("convert", training, "--keep-training-form", "--rounds", "0", "--images", "2");
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void whatConvertWroteIsVerifiedWithAndWithoutTheTrainingForm() {
    Cli kept = Cli.run("verify", fast);
    assertThat(kept.exitCode()).as(kept.err()).isZero();
    assertThat(kept.out()).contains("stage1.block0").contains("equal to the training form");
    assertThat(kept.out())
        .contains("recorded logits: differ from")
        .contains("fast runtime: differs from Deeplearning4j by")
        .doesNotContain("rounding");
    Cli against = Cli.run("verify", fast, "--against", training);
    assertThat(against.exitCode()).as(against.err()).isZero();
  }

  @Test
  void boundsOfRoundingAreDerivedWhenAskedFor() throws IOException {
    Cli text = Cli.run("verify", fast, "--bounds");
    assertThat(text.out())
        .contains("fast runtime, direct: rounding takes the 2 largest logits no further than ");
    assertThat(boundsOf("--bounds")).isNotEmpty();
    assertThat(boundsOf()).isEmpty();
  }

  private JsonNode boundsOf(String... options) throws IOException {
    List<Object> words = new ArrayList<>(List.of("verify", fast, "--json"));
    words.addAll(List.of(options));
    return new ObjectMapper().readTree(Cli.run(words.toArray()).out()).get("fastRuntimeBounds");
  }

  @Test
  void restoreGivesTheTrainingZipBackByteForByte() throws IOException {
    Path restored = folder.resolve("restored.zip");
    Cli run = Cli.run("restore", fast, "-o", restored);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("sha256");
    assertThat(Files.mismatch(restored, training)).isEqualTo(-1);
    assertThat(Cli.run("restore", fast, "-o", restored).err()).contains("exists already");
  }

  @Test
  void alteredKernelAlteredCertificateAndSwappedTrainingFormFail() throws IOException {
    assertFails(rewritten("kernel"), "its kernel was altered");
    assertFails(rewritten("certificate"), "seal does not match");
    assertFails(rewritten("probe"), "probe.json: its logits differ from Deeplearning4j's by");
    assertFails(rewritten("training"), "is not the network that was fused");
    Cli none = Cli.run("verify", training);
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).contains("is a training form; verify takes the fast form");
  }

  private static void assertFails(Path zip, String reason) {
    Cli run = Cli.run("verify", zip);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(reason);
  }

  private Path rewritten(String what) throws IOException {
    ModelZip.LoadedModel loaded = ModelZip.load(fast);
    byte[] certificate;
    byte[] kept;
    byte[] probe;
    try (var zip = ModelArchive.open(fast)) {
      certificate = zip.read(Certificate.ENTRY);
      kept = zip.read(TrainingForm.ENTRY);
      probe = zip.read(Probe.ENTRY);
    }
    switch (what) {
      case "kernel" ->
          ((MultiLayerNetwork) loaded.network()).getLayer(1).getParam("W").putScalar(3, 0.5);
      case "certificate" ->
          certificate =
              new String(certificate, StandardCharsets.UTF_8)
                  .replace("WITHIN_BOUND", "NOT_MEASURED")
                  .getBytes(StandardCharsets.UTF_8);
      case "probe" ->
          probe =
              new String(probe, StandardCharsets.UTF_8)
                  .replace("\"seed\":", "\"seed\":1")
                  .getBytes(StandardCharsets.UTF_8);
      default -> {
        Path other = folder.resolve("other.zip");
        var network = Models.training();
        network.getLayer("stage1.block0.dense.conv").getParam("W").putScalar(0, 0.25);
        ModelZipWriter.of(network, loaded.metadata()).write(other);
        kept = Files.readAllBytes(other);
      }
    }
    Path target = folder.resolve(what + ".zip");
    ModelZipWriter.of(loaded.network(), loaded.metadata())
        .withEntry(Certificate.ENTRY, certificate)
        .withEntry(TrainingForm.ENTRY, kept)
        .withEntry(Probe.ENTRY, probe)
        .write(target);
    return target;
  }

  @Test
  void alteredLabelsPreprocessingAndInputShapeAreNamed() throws IOException {
    ModelMetadata told = ModelZip.readMetadata(fast);
    byte[] kept = Files.readAllBytes(training);
    assertFails(
        fastZip(told.withLabels(List.of("cat", "owl", "dog")), kept),
        "repvgg.json: label 1 is 'owl', the training form's 'dog'");
    assertFails(
        fastZip(told.withPreprocessing(Preprocessing.IMAGENET.withCropFraction(0.5)), kept),
        "repvgg.json: preprocessing is Preprocessing[");
    ModelMetadata larger =
        new ModelMetadata(
            told.form(),
            told.spec().map(spec -> spec.withInput(InputShape.square(64))),
            told.labels(),
            told.preprocessing(),
            told.provenance());
    assertFails(fastZip(larger, kept), "repvgg.json: input shape is ");
  }

  @Test
  void damagedTrainingFormIsToldOfTheFileItLiesIn() throws IOException {
    Path zip = fastZip(ModelZip.readMetadata(fast), new byte[] {1, 2, 3});
    assertThat(Cli.run("verify", zip).err())
        .startsWith("error: " + zip + ": its training form (")
        .hasLineCount(1);
  }

  @Test
  void boundsAreMissingWhereNoLogitsAreRecorded() throws IOException {
    Path zip = fastZip(ModelZip.readMetadata(fast), Files.readAllBytes(training));
    assertThat(Cli.run("verify", zip, "--bounds").out())
        .contains("fast runtime: no bounds, since the file records no logits (probe.json)");
  }

  /** Without recorded logits. */
  private Path fastZip(ModelMetadata metadata, byte[] kept) throws IOException {
    byte[] certificate;
    try (var zip = ModelArchive.open(fast)) {
      certificate = zip.read(Certificate.ENTRY);
    }
    Path target = folder.resolve("altered.zip");
    ModelZipWriter.of(ModelZip.load(fast).network(), metadata)
        .withEntry(Certificate.ENTRY, certificate)
        .withEntry(TrainingForm.ENTRY, kept)
        .write(target);
    return target;
  }
}
