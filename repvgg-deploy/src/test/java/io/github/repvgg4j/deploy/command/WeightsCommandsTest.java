package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.archive.ModelZip;
import io.github.repvgg4j.deploy.onnx.Python;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.Naming;
import io.github.repvgg4j.weights.Tensor;
import io.github.repvgg4j.weights.WeightFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    Cli run = Cli.run("infer", zip, "--input", golden.file("input.npy"), "--output", output);
    assertThat(run.err()).isEmpty();
    return Nd4j.createFromNpyFile(output.toFile());
  }

  private static String script() throws IOException {
    try (InputStream in = WeightsCommandsTest.class.getResourceAsStream("/torch_answers.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
