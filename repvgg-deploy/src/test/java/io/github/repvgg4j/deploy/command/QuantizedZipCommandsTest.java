package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.QuantizedEntries;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.onnx.MinMaxIntegers;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.proof.Certifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the commands make of INT8 zips, lean ones and altered ones among them. */
class QuantizedZipCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path training;
  private Path fast;
  private Path int8;
  private Path lean;
  private final INDArray images = Certifier.standardNormal(3, DataType.FLOAT, 6, 3, 32, 32);

  @BeforeEach
  void quantize() throws IOException {
    training = Models.trainingZip(folder.resolve("model.zip"));
    fast = folder.resolve("fast.zip");
    Cli run =
        Cli.run("convert", training, "--keep-training-form", "--rounds", "0", "--images", "2");
    assertThat(run.exitCode()).as(run.err()).isZero();
    int8 = folder.resolve("int8.zip");
    lean = folder.resolve("lean.zip");
    Model fused = ModelZip.load(fast).network();
    MinMaxIntegers.write(fast, int8, fused, images, Set.of(0), FloatWeights.KEPT);
    MinMaxIntegers.write(fast, lean, fused, images, Set.of(0), FloatWeights.LEFT_OUT);
  }

  @Test
  void stockDeeplearning4jLoadsItsFloatWeights() throws IOException {
    MultiLayerNetwork ofFast = ModelSerializer.restoreMultiLayerNetwork(fast.toFile());
    MultiLayerNetwork ofInt8 = ModelSerializer.restoreMultiLayerNetwork(int8.toFile());
    assertThat(ofInt8.params()).isEqualTo(ofFast.params());
    assertThat(ofInt8.output(images)).isEqualTo(ofFast.output(images));
  }

  /** Where this CPU can't compute full-range integers, the whole file runs in FP32. */
  @Test
  void inferRunsItInIntegers() throws IOException {
    Path input = folder.resolve("images.npy");
    Path output = folder.resolve("logits.npy");
    Nd4j.writeAsNumpy(images, input.toFile());
    Cli run =
        Cli.run(
            "infer",
            int8,
            "--input",
            input,
            "--output",
            output,
            "--engine",
            "fast",
            "--precision",
            "int8",
            "--without-vnni",
            "fp32");
    assertThat(run.exitCode()).as(run.err()).isZero();
    INDArray logits = Nd4j.createFromNpyFile(output.toFile());
    INDArray expected = Logits.of(ModelZip.load(fast).network(), images);
    double difference = logits.sub(expected).amaxNumber().doubleValue();
    assertThat(difference / expected.amaxNumber().doubleValue()).isBetween(1e-9, 0.1);
    assertFails(
        fast,
        "has no integers to run in INT8; make them with repvgg-deploy quantize, or run it in FP32",
        "infer",
        fast,
        "--input",
        input,
        "--output",
        output,
        "--engine",
        "fast",
        "--precision",
        "int8");
  }

  @Test
  void leanFileIsSmallAndBothAreInspected() throws IOException {
    assertThat(Files.size(lean)).isLessThan(Files.size(fast) / 2);
    Cli whole = Cli.run("inspect", int8);
    assertThat(whole.exitCode()).as(whole.err()).isZero();
    assertThat(whole.out())
        .contains("fast form")
        .containsPattern("INT8 +6 layers in integers, 4,\\d+ bytes, weights within ±127")
        .containsPattern("calibration +6 images, rule minmax, sha256 0000")
        .containsPattern("FP32 weights +in the file")
        .contains("quantized.parent.file = fast.zip");
    Cli small = Cli.run("inspect", lean);
    assertThat(small.exitCode()).as(small.err()).isZero();
    assertThat(small.out())
        .containsPattern("FP32 weights +left out \\(lean\\)")
        .contains("stage4.block0");
    JsonNode json = JSON.readTree(Cli.run("inspect", lean, "--json").out()).get("int8");
    assertThat(json.get("integerLayers").asInt()).isEqualTo(6);
    assertThat(json.get("lean").asBoolean()).isTrue();
    assertThat(json.get("calibration").get("images").asInt()).isEqualTo(6);
    assertThat(JSON.readTree(Cli.run("inspect", fast, "--json").out()).get("int8").isNull())
        .isTrue();
  }

  @Test
  void integersAndCertificateAreVerified() throws IOException {
    Cli whole = Cli.run("verify", int8);
    assertThat(whole.exitCode()).as(whole.err()).isZero();
    assertThat(whole.out())
        .contains("equal to the training form fused again")
        .contains("6 layers in integers as certified, made from these FP32 weights");
    Cli small = Cli.run("verify", lean, "--json");
    assertThat(small.exitCode()).as(small.err()).isZero();
    JsonNode json = JSON.readTree(small.out());
    assertThat(json.get("asCertified").asBoolean()).isTrue();
    assertThat(json.get("int8").get("integerLayers").asInt()).isEqualTo(6);
    if (json.get("int8").get("unchecked").asText().isEmpty()) {
      JsonNode codes = json.get("int8").get("check").get("codes");
      assertThat(codes.get("differing").asLong()).isZero();
      assertThat(codes.get("compared").asLong()).isPositive();
    }
    assertFails(lean, "lean INT8 zip, without the FP32", "verify", lean, "--against", training);
  }

  @Test
  void alteredIntegersAreKnown() throws IOException {
    Map<String, byte[]> entries = entries(int8);
    ObjectNode description = (ObjectNode) JSON.readTree(entries.get("int8.json"));
    ((ObjectNode) description.get("tensors").get(0)).put("scale", 0.5);
    entries.put("int8.json", JSON.writeValueAsBytes(description));
    Path scaled = write("scaled.zip", entries);
    assertFails(scaled, "int8.json: was altered after it was certified", "verify", scaled);

    entries = entries(int8);
    entries.get("int8.bin")[3]++;
    Path altered = write("altered.zip", entries);
    assertFails(altered, "int8.bin is not the one that int8.json", "verify", altered);

    entries = entries(int8);
    byte[] weights = entries.get(ModelArchive.COEFFICIENTS);
    weights[weights.length - 1]++;
    Path swapped = write("swapped.zip", entries);
    String other = "coefficients.bin holds other weights than those that its INT8 network was made";
    assertFails(swapped, other, "verify", swapped);
    assertFails(swapped, other, "inspect", swapped);
    assertFails(swapped, other, "export-onnx", swapped, "-o", folder.resolve("x.onnx"));

    entries = entries(int8);
    entries.put("certificate.json", entries(fast).get("certificate.json"));
    Path uncertified = write("uncertified.zip", entries);
    assertFails(uncertified, "int8.json: is not in the certificate", "verify", uncertified);
  }

  @ParameterizedTest
  @ValueSource(strings = {"restore", "export-weights", "export-onnx", "convert", "predict"})
  void commandsThatNeedFloatWeightsSayThatALeanZipHasNone(String command) throws IOException {
    Path image = Models.image(folder.resolve("images/x.png"), 0xff0000, 1);
    Path output = folder.resolve("output.safetensors");
    String fault = "is a lean INT8 zip, without the FP32 weights that this needs";
    switch (command) {
      case "export-onnx" ->
          assertFails(
              lean, fault, command, lean, "-o", folder.resolve("x.onnx"), "--precision", "fp32");
      case "convert" -> assertFails(lean, fault, command, lean);
      case "predict" -> {
        assertFails(lean, fault, command, lean, image);
        assertFails(lean, "or run it with --engine fast --precision int8", command, lean, image);
      }
      default -> assertFails(lean, fault, command, lean, "-o", output);
    }
    assertThat(output).doesNotExist();
  }

  private void assertFails(Path file, String fault, Object... call) {
    Cli run = Cli.run(call);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
    assertThat(run.err().strip()).contains(file + ": ").contains(fault).hasLineCount(1);
  }

  @Test
  void bothFormsAreExportedAsAskedFor() throws IOException {
    Path onnx = folder.resolve("x.onnx");
    assertThat(Cli.run("export-onnx", int8, "-o", onnx).out()).contains("INT8, opset 17");
    long integers = Files.size(onnx);
    assertThat(Cli.run("export-onnx", lean, "-o", onnx, "--force").out())
        .contains("INT8, opset 17");
    assertThat(Cli.run("export-onnx", int8, "-o", onnx, "--precision", "fp32", "--force").out())
        .contains("FP32, opset 17");
    assertThat(Files.size(onnx)).isGreaterThan(integers);
    assertFails(
        fast,
        "holds no INT8 network",
        "export-onnx",
        fast,
        "-o",
        folder.resolve("none.onnx"),
        "--precision",
        "int8");
  }

  @Test
  void nothingThatIsWrittenAnewCarriesIntegersAlong() throws IOException {
    Path restored = folder.resolve("restored.zip");
    assertThat(Cli.run("restore", int8, "-o", restored).exitCode()).isZero();
    assertThat(Files.mismatch(restored, training)).isEqualTo(-1);
    LoadedModel loaded = ModelZip.load(int8);
    Path again = folder.resolve("again.zip");
    ModelZipWriter.of(loaded.network(), loaded.metadata()).write(again);
    assertThat(entries(again)).doesNotContainKeys("int8.json", "int8.bin");
    assertThat(loaded.metadata().provenance()).containsKey("quantized.weightLimit");
    assertThat(ModelZip.readMetadata(again).provenance().keySet())
        .contains("seed")
        .noneMatch(key -> key.startsWith("quantized."));
    try (SafeZip zip = SafeZip.open(again)) {
      assertThat(QuantizedEntries.isIn(zip)).isFalse();
    }
  }

  private static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (SafeZip zip = SafeZip.open(file)) {
      for (ZipEntry entry : zip.entries()) {
        entries.put(entry.getName(), zip.read(entry.getName()));
      }
    }
    return entries;
  }

  private Path write(String name, Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve(name);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }
}
