package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.Probe;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FastNetwork;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {

  @TempDir Path folder;
  private Path fast;
  private Path data;
  private Path out;

  @BeforeEach
  void aFastFormAndImages() throws IOException {
    fast = Models.fastZip(Files.createDirectory(folder.resolve("run")));
    data = Models.dataSet(folder.resolve("data"));
    out = Files.createDirectory(folder.resolve("out"));
  }

  private Cli quantize(Object... more) {
    return Cli.run(
        Stream.concat(
                Stream.of("quantize", fast, "--data", data, "-o", out.resolve("int8.zip")),
                Stream.of(more))
            .toArray());
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> files = Files.list(out)) {
      return files.map(Path::getFileName).sorted().toList();
    }
  }

  private static QuantizedModel integers(Path zip) throws IOException {
    try (SafeZip open = ModelArchive.open(zip)) {
      return QuantizedEntries.read(open).orElseThrow();
    }
  }

  @Test
  void writesIntegersThatAnswerLikeTheFloats() throws IOException {
    String before = Sha256.of(fast);
    Cli run = quantize("--max-drop", 100, "--images", 8);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("8 training images (mse), weights within ±127 (gptq)", "12 test images")
        .contains("computed by oneDNN");
    assertThat(written()).hasToString("[int8.report.json, int8.zip]");
    assertThat(Sha256.of(fast)).isEqualTo(before);
    Path int8 = out.resolve("int8.zip");
    float[] images = Probe.values(3, InputShape.square(32), 4);
    try (FastNetwork exact = FastNetwork.load(fast, RuntimeOptions.of(Precision.FP32));
        FastNetwork coded = FastNetwork.load(int8, RuntimeOptions.of(Precision.INT8))) {
      float[] a = exact.logits(images, 4, InputShape.square(32));
      float[] b = coded.logits(images, 4, InputShape.square(32));
      double largest = 0;
      double off = 0;
      for (int i = 0; i < a.length; i++) {
        largest = Math.max(largest, Math.abs(a[i]));
        off = Math.max(off, Math.abs(a[i] - b[i]));
      }
      assertThat(off / largest).isBetween(1e-6, 0.2);
    }
    assertThat(ModelZip.load(int8).network().params())
        .isEqualTo(ModelZip.load(fast).network().params()); // Deeplearning4j sees no difference
  }

  @Test
  void reportsInTheZipAndBesideIt() throws IOException {
    assertThat(quantize("--max-drop", 100, "--images", 5, "--json").exitCode()).isZero();
    Path int8 = out.resolve("int8.zip");
    JsonNode report = new ObjectMapper().readTree(out.resolve("int8.report.json").toFile());
    assertThat(report.at("/int8/sha256").asText()).isEqualTo(Sha256.of(int8));
    assertThat(report.at("/fast/sha256").asText()).isEqualTo(Sha256.of(fast));
    assertThat(report.at("/accuracy/images").asInt()).isEqualTo(12);
    assertThat(report.at("/scheme/rounding").asText()).isEqualTo("gptq");
    assertThat(report.at("/layers").size()).isEqualTo(7);
    QuantizedModel model = integers(int8);
    assertThat(model.report().at("/accuracy")).isEqualTo(report.at("/accuracy"));
    assertThat(model.network().calibration().images()).isEqualTo(5);
    assertThat(model.network().calibration().hash())
        .isEqualTo(report.at("/calibration/sha256").asText());
  }

  /** Calibration images that the classes share evenly, and always the same ones. */
  @Test
  void theSameImagesGiveTheSameBytes() throws IOException {
    assertThat(quantize("--max-drop", 100, "--images", 6).exitCode()).isZero();
    byte[] first = Files.readAllBytes(out.resolve("int8.zip"));
    assertThat(quantize("--max-drop", 100, "--images", 6).err()).contains("exists already");
    assertThat(quantize("--max-drop", 100, "--images", 6, "--force").exitCode()).isZero();
    assertThat(Files.readAllBytes(out.resolve("int8.zip"))).isEqualTo(first);
  }

  /** Twelve images tell nothing, whatever the network answers. */
  @Test
  void refusesWhatIsNotKnownToBeGoodAndLeavesNothing() throws IOException {
    Cli run = quantize("--images", 8);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .startsWith("error: " + fast + ": INT8 loses ")
        .contains("12 test images (95 % interval ", "--max-drop");
    assertThat(written()).isEmpty();
  }

  @Test
  void leanLeavesTheFloatsOut() throws IOException {
    assertThat(quantize("--max-drop", 100, "--images", 4, "--lean").exitCode()).isZero();
    Path lean = out.resolve("int8.zip");
    assertThat(Files.size(lean)).isLessThan(Files.size(fast));
    assertThat(integers(lean).isLean()).isTrue();
    try (FastNetwork network = FastNetwork.load(lean, RuntimeOptions.of(Precision.INT8))) {
      assertThat(network.selfCheck()).isPresent();
    }
    Cli again = Cli.run("quantize", lean, "--data", data);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("lean INT8 zip");
  }

  @Test
  void portableAndKeptLayers() throws IOException {
    Cli run =
        quantize(
            "--max-drop",
            100,
            "--images",
            4,
            "--portable",
            "--keep-float",
            "stage1.block0,head.linear",
            "--activations",
            "entropy");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("±63", "kept in float32: stage1.block0, head.linear");
    QuantizedModel model = integers(out.resolve("int8.zip"));
    assertThat(model.network().weightLimit()).isEqualTo(63);
    assertThat(model.network().layers()).hasSize(5);
    assertThat(model.network().calibration().activations()).isEqualTo("entropy");
  }

  @Test
  void mistakesAreOneLineEach() throws IOException {
    Path training = folder.resolve("run/model.zip");
    assertThat(Cli.run("quantize", training, "--data", data).err().lines())
        .containsExactly(
            "error: "
                + training
                + ": is a training form; fuse it first: repvgg-deploy convert "
                + training);
    assertThat(quantize("--keep-float", "stage9").err())
        .startsWith("error: --keep-float: no convolution or dense layer is called 'stage9'")
        .contains("stage0.block0", "head.linear");
    assertThat(quantize("--images", 0).exitCode()).isEqualTo(2);
    assertThat(quantize("--max-drop", "-1").exitCode()).isEqualTo(2);
    assertThat(Cli.run("quantize", fast).exitCode()).isEqualTo(2);
    assertThat(Cli.run("quantize", fast, "--data", data, "-o", fast, "--force").err())
        .contains("is the input itself");
    assertThat(Cli.run("quantize", fast, "--data", folder.resolve("none")).err().lines())
        .hasSize(1);
    assertThat(written()).isEmpty();
  }

  @Test
  void classesThatTheRunDividedAreDividedAlike() throws IOException {
    Path classes = data.resolve("train");
    Path zip = out.resolve("int8.zip");
    Object[] words = {
      "quantize", fast, "--data", classes, "-o", zip, "--max-drop", 100, "--images", 4
    };
    assertThat(Cli.run(words).exitCode()).isEqualTo(1);
    Files.writeString(
        fast.resolveSibling("config.yaml"),
        "data:\n  path: " + classes + "\n  split: {test: 0.5, seed: 1}\n");
    Cli run = Cli.run(words);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("4 training images").containsPattern("on [3-8] test images");
  }
}
