package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.deploy.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** No command writes over what it reads, nor unasked over anything else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeptInputsTest {

  private Path folder;
  private Path training;
  private Path fast;
  private Path weights;
  private Path images;

  @BeforeAll
  void makeInputs(@TempDir Path temp) throws IOException {
    folder = temp;
    training = Models.trainingZip(folder.resolve("model.zip"));
    fast = folder.resolve("fast.zip");
    weights = folder.resolve("weights.safetensors");
    images = folder.resolve("images.npy");
    Cli.run("convert", training, "--keep-training-form", "--rounds", "0", "--images", "2");
    Cli.run("export-weights", training, "-o", weights);
    Nd4j.writeAsNumpy(Nd4j.zeros(1, 3, 32, 32), images.toFile());
    Files.writeString(
        folder.resolve("spec.yaml"),
        """
        depths: [1, 2, 1, 1]
        widths: [4, 8, 8, 12, 16]
        numClasses: 3
        input: [3, 32, 32]
        """);
    Files.write(folder.resolve("labels.txt"), List.of("a", "b", "c"));
  }

  @Test
  void dataSetsAreKeptToo() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Path model = Files.copy(training, run.resolve("model.zip"));
    Path named = Files.writeString(run.resolve("named.zip"), "a data set");
    Path config = Files.writeString(run.resolve("config.yaml"), "data: {path: '" + named + "'}");
    for (Path input : List.of(model, named, config)) {
      assertKept(List.of("convert", model), input);
    }
    assertKept(List.of("convert", training, "--data", images), images);
    assertKept(List.of("quantize", fast, "--data", images), images);
    Path report = Files.writeString(folder.resolve("x.report.json"), "a data set");
    Cli beside =
        Cli.run("convert", training, "--data", report, "--force", "-o", folder.resolve("x.zip"));
    assertThat(beside.err())
        .isEqualTo("error: " + report + ": is the input itself, which is never" + " changed\n");
  }

  private static void assertKept(List<Object> command, Path input) throws IOException {
    String before = Sha256.of(input);
    Cli run = run(command, "-o", input, "--force");
    assertThat(run)
        .isEqualTo(
            new Cli(1, "", "error: " + input + ": is the input itself, which is never changed\n"));
    assertThat(Sha256.of(input)).isEqualTo(before);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void devicesAndLinksThatLeadNowhereAreNotReplaced() throws IOException {
    Path device = Path.of("/dev/null");
    for (Object[] command : new Object[][] {{"convert", training}, {"restore", fast}}) {
      List<Object> words = List.of(command);
      assertThat(run(words, "--force", "-o", device).err())
          .isEqualTo("error: /dev/null: is no regular file; name one\n");
      Path nowhere =
          Files.createSymbolicLink(folder.resolve("link-" + command[0]), Path.of("nothing"));
      assertThat(run(words, "-o", nowhere).err()).contains(nowhere + ": exists already; --force");
      assertThat(nowhere).isSymbolicLink();
    }
  }

  @Test
  void folderIsNoModel() {
    Path root = folder.getRoot();
    for (String name : List.of("convert", "quantize")) {
      List<Object> command =
          name.equals("convert") ? List.of(name, root) : List.of(name, root, "--data", folder);
      assertThat(run(command))
          .isEqualTo(
              new Cli(1, "", "error: " + root + ": is not a file; give the path of a zip\n"));
    }
    assertThat(run(List.of("convert", training, "-o", root)).err())
        .isEqualTo("error: " + root + ": is a folder; name a file\n");
  }

  private List<Object> command(String name) {
    return switch (name) {
      case "import-weights" ->
          List.of(
              name,
              weights,
              "--spec",
              folder.resolve("spec.yaml"),
              "--labels",
              folder.resolve("labels.txt"),
              "-o");
      case "export-weights", "export-onnx" -> List.of(name, training, "-o");
      case "restore" -> List.of(name, fast, "-o");
      case "infer" -> List.of(name, training, "--input", images, "--output");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Cli run(List<Object> command, Object... rest) {
    List<Object> all = new ArrayList<>(command);
    all.addAll(List.of(rest));
    return Cli.run(all.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"import-weights", "export-weights", "export-onnx", "restore", "infer"})
  void inputIsNeverTheOutput(String name) throws IOException {
    List<Object> command = command(name);
    for (Path input :
        command.stream().filter(Path.class::isInstance).map(Path.class::cast).toList()) {
      String before = Sha256.of(input);
      Cli run = run(command, input, "--force");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(input + ": is the input itself");
      assertThat(Sha256.of(input)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"import-weights", "export-weights", "export-onnx", "restore", "infer"})
  void whatIsThereIsReplacedOnRequestOnly(String name) throws IOException {
    String ending = name.equals("export-weights") ? ".pth" : ".out";
    Path other = Files.writeString(folder.resolve(name + ending), "of another run");
    Cli run = run(command(name), other);
    assertThat(run)
        .isEqualTo(new Cli(1, "", "error: " + other + ": exists already; --force replaces it\n"));
    assertThat(other).hasContent("of another run");
    assertThat(run(command(name), other, "--force").exitCode()).isZero();
    assertThat(Files.size(other)).isGreaterThan(50);
  }

  @Test
  void moreImagesThanAnArrayHoldsAreRefusedByTheOption() {
    Path zip = folder.resolve("many.zip");
    for (String images : List.of("1000000", "2000000000")) {
      Cli run = Cli.run("convert", training, "-o", zip, "--images", images);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .startsWith("error: --images " + images + ": so many images of shape ")
          .hasLineCount(1);
    }
  }
}
