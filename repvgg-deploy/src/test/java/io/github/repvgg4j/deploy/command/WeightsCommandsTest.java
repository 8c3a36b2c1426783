package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.onnx.Python;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.Naming;
import io.github.repvgg4j.weights.WeightFiles;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WeightsCommandsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Golden.class)
  void importedNetworkAnswersAsTheReference(Golden golden) throws IOException {
    Path zip = imported(golden, golden.weights());
    INDArray logits = infer(golden, zip);
    Tolerance.REFERENCE_LOGITS.check(logits, golden.array("logits.npy"));
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void convertedNetworkAnswersAsTheReference(Golden golden) throws IOException {
    Path zip = imported(golden, golden.weights());
    Path fast = folder.resolve("fast.zip");
    Cli convert = Cli.run("convert", zip, "-o", fast, "--rounds", "0", "--images", "2");
    assertThat(convert.err()).isEmpty();
    Tolerance.FUSED_LOGITS.check(infer(golden, fast), golden.array("logits.npy"));
  }

  @Test
  void exportedFileHoldsTheImportedOneBitForBit() throws IOException {
    Path zip = imported(Golden.PLAIN, Golden.PLAIN.weights());
    Path file = folder.resolve("out.pth");
    Cli run = Cli.run("export-weights", zip, "-o", file, "--naming", "official");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("96 tensors, official names");
    Map<String, Tensor> original = WeightFiles.load(Golden.PLAIN.weights()).tensors();
    Map<String, Tensor> exported = WeightFiles.load(file).tensors();
    assertThat(exported.keySet()).containsExactlyInAnyOrderElementsOf(original.keySet());
    for (String name : original.keySet()) {
      assertThat(exported.get(name).content().bytes())
          .as(name)
          .isEqualTo(original.get(name).content().bytes());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Golden.class,
      names = {"PLAIN", "GROUPED_G4", "SQUEEZE_EXCITATION"})
  void pyTorchLoadsWhatIsExportedAndAnswersAlike(Golden golden) throws Exception {
    assumeTrue(Python.has("torch"), "Debian's python3-torch is not installed");
    Path zip = imported(golden, golden.weights());
    Path file = folder.resolve("out.pth");
    assertThat(Cli.run("export-weights", zip, "-o", file).exitCode()).isZero();
    Path logits = folder.resolve("torch.npy");
    String groups = Integer.toString(golden == Golden.GROUPED_G4 ? 4 : 1);
    Path input = golden.file("input.npy");
    Python.run(
        script(),
        golden.weights().toString(),
        file.toString(),
        input.toString(),
        groups,
        logits.toString());
    INDArray theirs = Nd4j.createFromNpyFile(logits.toFile());
    Tolerance.REFERENCE_LOGITS.check(theirs, golden.array("logits.npy"));
    Tolerance.REFERENCE_LOGITS.check(infer(golden, zip), theirs);
  }

  @Test
  void onnxFileIsWritten() throws IOException {
    Path zip = imported(Golden.PLAIN, Golden.PLAIN.weights());
    Path file = folder.resolve("plain.onnx");
    Cli run = Cli.run("export-onnx", zip, "-o", file, "--with-softmax", "--with-preprocessing");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("opset 17");
    assertThat(Cli.run("export-onnx", zip, "-o", file, "--opset", "12").exitCode()).isEqualTo(2);
  }

  @Test
  void evilAndWrongFilesGiveOneLineAndExitCode1() throws IOException {
    Path evil = folder.resolve("evil.pth");
    String legacyMagic = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.";
    Files.write(
        evil,
        (legacyMagic + "\u0080\u0002cos\nsystem\n(X\u0002\0\0\0lstR.")
            .getBytes(StandardCharsets.ISO_8859_1));
    Cli run = Cli.run("import-weights", evil, "--variant", "A0", "-o", folder.resolve("x.zip"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("refers to os.system");
    Cli other =
        Cli.run(
            "import-weights",
            Golden.PLAIN.weights(),
            "--variant",
            "A0",
            "-o",
            folder.resolve("x.zip"));
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err())
        .contains(
            "tensor stage0.rbr_dense.conv.weight: expected [48, 3, 3, 3], found [16, 3, 3, 3]")
        .contains("the file holds depths [1, 2, 2, 1]");
    assertThat(folder.resolve("x.zip")).doesNotExist();
    assertThat(Cli.run("import-weights", evil, "-o", "x.zip").exitCode()).isEqualTo(2);
  }

  @Test
  void batchNormEpsOfTheCommandLineReachesTheModelAndItsFacts() throws IOException {
    Path zip = imported(Golden.PLAIN, Golden.PLAIN.weights());
    Path spec = folder.resolve(Golden.PLAIN + ".yaml");
    Path yolo = folder.resolve("yolo.zip");
    Object[] command = {
      "import-weights", Golden.PLAIN.weights(), "--spec", spec, "-o", yolo, "--force"
    };
    Object[] withEps = Arrays.copyOf(command, command.length + 2);
    withEps[command.length] = "--bn-eps";
    withEps[command.length + 1] = "1e-3";
    assertThat(Cli.run(withEps).exitCode()).isZero();
    assertThat(Cli.run("inspect", yolo).out()).contains("eps 0.001");
    assertThat(Cli.run("inspect", zip).out()).contains("eps 1.0E-5");
    INDArray logits = infer(Golden.PLAIN, yolo);
    assertThat(logits.sub(infer(Golden.PLAIN, zip)).amaxNumber().doubleValue()).isGreaterThan(1e-5);
    Path fast = folder.resolve("yolo-fast.zip");
    assertThat(Cli.run("convert", yolo, "-o", fast, "--rounds", "0").err()).isEmpty();
    assertThat(Cli.run("inspect", fast).out()).contains("none left; eps was 0.001");
    Tolerance.FUSED_LOGITS.check(infer(Golden.PLAIN, fast), logits);
    Files.writeString(spec, yaml(Golden.PLAIN) + "  batchNormEps: 1e-3\n");
    assertThat(Cli.run(command).exitCode()).isZero();
    Tolerance.EXACT.check(infer(Golden.PLAIN, yolo), logits);
    withEps[withEps.length - 1] = "2";
    assertThat(Cli.run(withEps).exitCode()).isEqualTo(2);
    assertThat(Cli.run(withEps).err()).contains("--bn-eps: batchNormEps: must be more than 0");
  }

  @Test
  void whatWasTakenAndLeftOutIsSaidAndSoAreNaNs() throws IOException {
    Map<String, Tensor> all = new LinkedHashMap<>();
    WeightFiles.load(Golden.PLAIN.weights()).tensors().forEach((n, t) -> all.put("net." + n, t));
    float[] bias = all.get("net.linear.bias").floats();
    bias[3] = Float.NaN;
    all.put("net.linear.bias", Tensor.ofFloats(List.of(10L), bias));
    all.put("criterion.weight", Tensor.ofFloats(List.of(2L), new float[2]));
    Path spec = Files.writeString(folder.resolve("s.yaml"), yaml(Golden.PLAIN));
    Path zip = folder.resolve("n.zip");
    for (String name : List.of("w.pth", "w.safetensors")) {
      Path file = folder.resolve(name);
      CheckpointFiles.save(file, all);
      Cli run = Cli.run("import-weights", file, "--spec", spec, "-o", zip, "--force");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out())
          .contains("without the prefix 'net.'")
          .contains("left out, as no part of the network (1): criterion.weight");
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("warning: " + file)
          .endsWith("linear.bias (1 NaN of 10)");
    }
  }

  @Test
  void specFileWithAnUnknownKeyIsRefusedByKey() throws IOException {
    Path spec = folder.resolve("spec.yaml");
    Files.writeString(spec, "variant: A0\nwidth: 3\n");
    Cli run =
        Cli.run(
            "import-weights",
            Golden.PLAIN.weights(),
            "--spec",
            spec,
            "-o",
            folder.resolve("x.zip"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("spec.yaml")
        .contains("width: unknown key; did you mean 'widths'? (line 2)");
  }

  @Test
  void specWithoutClassesTakesThoseOfTheFile() throws IOException {
    Path spec = folder.resolve("spec.yaml");
    Files.writeString(spec, yaml(Golden.PLAIN).replace("  numClasses: 10\n", ""));
    Path zip = folder.resolve("model.zip");
    Cli run = Cli.run("import-weights", Golden.PLAIN.weights(), "--spec", spec, "-o", zip);
    assertThat(run.err()).isEmpty();
    assertThat(ModelZip.readMetadata(zip).spec().orElseThrow().numClasses()).isEqualTo(10);
    Files.writeString(spec, yaml(Golden.PLAIN).replace("numClasses: 10", "numClasses: 11"));
    Path other = folder.resolve("other.zip");
    run = Cli.run("import-weights", Golden.PLAIN.weights(), "--spec", spec, "-o", other);
    assertThat(run.err()).contains("11").doesNotContain("--force");
    assertThat(run.exitCode()).isEqualTo(1);
    run =
        Cli.run(
            "import-weights",
            Golden.PLAIN.weights(),
            "--spec",
            spec,
            "--input",
            "3,32,32",
            "-o",
            other);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--input goes with --variant; --spec has a key input");
  }

  private Path imported(Golden golden, Path weights) throws IOException {
    Path spec = folder.resolve(golden + ".yaml");
    Files.writeString(spec, yaml(golden));
    Path zip = folder.resolve(golden + ".zip");
    Cli run = Cli.run("import-weights", weights, "--spec", spec, "-o", zip);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(golden.name().startsWith("TIMM") ? Naming.TIMM.label() : "official")
        .contains("training form");
    assertThat(ModelZip.readMetadata(zip).provenance()).containsKey("weights.sha256");
    return zip;
  }

  /** The structure of a reference case, as a {@code --spec} file has it. */
  static String yaml(Golden golden) {
    boolean gated = golden == Golden.SQUEEZE_EXCITATION;
    int groups = golden.name().endsWith("G4") ? 4 : golden.name().endsWith("G2") ? 2 : 1;
    int first = gated ? 32 : 16;
    return "model:\n  depths: [%d, 2, 2, 1]\n  widths: [%d, %d, 32, 64, 128]\n"
            .formatted(groups > 1 ? 2 : 1, first, first)
        + "  groups: %d\n  squeezeExcitation: %s\n  numClasses: 10\n  input: [3, 32, 32]\n"
            .formatted(groups, gated);
  }

  private INDArray infer(Golden golden, Path zip) {
    Path output = folder.resolve("logits.npy");
    Path input = golden.file("input.npy");
    Cli run = Cli.run("infer", zip, "--input", input, "--output", output, "--force");
    assertThat(run.err()).isEmpty();
    return Nd4j.createFromNpyFile(output.toFile());
  }

  private static String script() throws IOException {
    try (InputStream in = WeightsCommandsTest.class.getResourceAsStream("/torch_answers.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatNamesOfTensorsDoNotSayIsSaid() throws IOException {
    RepVggSpec spec =
        Models.SPEC
            .withStrides(List.of(1, 2, 2, 2, 2))
            .withBatchNormEps(1e-3)
            .withDownsample(Downsample.MAXPOOL);
    Path zip = folder.resolve("model.zip");
    ModelZipWriter.of(
            RepVggGraphs.build(spec, GraphOptions.withSeed(1)),
            ModelMetadata.of(Form.TRAINING, spec))
        .write(zip);
    Path file = folder.resolve("w.pth");
    String warning =
        "warning: "
            + file
            + ": names of tensors do not say batchNormEps 0.001, strides [1, 2, 2, 2, 2],"
            + " downsample maxpool; the authors' classes compute another network unless they are"
            + " built with the same";
    Cli run = Cli.run("export-weights", zip, "-o", file);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEqualTo(warning + "\n");
    Cli json = Cli.run("export-weights", zip, "-o", file, "--force", "--json");
    assertThat(new ObjectMapper().readTree(json.out()).get("warnings"))
        .singleElement()
        .hasToString('"' + warning + '"');
  }
}
