package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class EvaluateCommandTest {

  @TempDir Path folder;
  private Path model;
  private Path data;
  private final int[][] confusion = new int[3][3];

  @BeforeEach
  void makeFiles() throws IOException {
    model = Models.fastZip(folder);
    data = folder.resolve("data");
    ComputationGraph network = Models.training();
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(Preprocessing.IMAGENET, Models.SPEC.input());
    for (int i = 0; i < 12; i++) {
      int label = i % 3;
      Path image = data.resolve("test/" + Models.LABELS.get(label) + "/" + i + ".png");
      Models.image(image, 0x010000 * (20 * i) + 0x80 * i, i);
      INDArray input =
          Floats.array(preprocessor.apply(ImageReader.read(image)), preprocessor.shape(1));
      int answer = network.outputSingle(input).argMax(1).getInt(0);
      confusion[label][answer]++;
    }
  }

  @Test
  void figuresAreThoseOfTheNetworksAnswers() throws IOException {
    int right = confusion[0][0] + confusion[1][1] + confusion[2][2];
    Cli run = Cli.run("evaluate", model, data, "--json", "--batch", 5);
    assertThat(run.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("images").asInt()).isEqualTo(12);
    assertThat(json.get("top1").asDouble()).isEqualTo(right / 12.0);
    assertThat(json.get("topN").asDouble()).isEqualTo(1.0);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat(json.get("confusion").get(i).get(j).asInt()).isEqualTo(confusion[i][j]);
      }
      assertThat(json.get("classes").get(i).get("recall").asDouble())
          .isEqualTo(confusion[i][i] / 4.0);
    }
  }

  @Test
  void classFoldersThemselvesAreAccepted() {
    Cli run = Cli.run("evaluate", model, data.resolve("test"));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("images  12").contains("confusion matrix");
  }

  @Test
  void badImageIsNamedCountedAndTheExitCodeIsOne() throws IOException {
    Path bad = Files.writeString(data.resolve("test/dog/bad.jpg"), "hello");
    Cli run = Cli.run("evaluate", model, data);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().startsWith("error: " + bad + ": ");
    assertThat(run.out()).contains("images  12").contains("bad     1 left out");
  }

  @Test
  void dataThatDoesNotFitIsOneLine() throws IOException {
    Path unknown = data.resolve("test/wolf");
    Models.image(unknown.resolve("1.png"), 0, 1);
    Cli run = Cli.run("evaluate", model, data);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("does not know: wolf (it knows cat, dog, owl)");
    Files.delete(unknown.resolve("1.png"));
    Files.move(unknown, data.resolve("test/.hidden"));
    Files.delete(Files.list(data.resolve("test/owl")).findFirst().orElseThrow());
    try (var files = Files.list(data.resolve("test/owl"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    assertThat(Cli.run("evaluate", model, data).err()).contains("class folder test/owl is empty");
    assertThat(Cli.run("evaluate", model, folder.resolve("none")).err()).contains("no such folder");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(Cli.run("evaluate", model, empty).err()).contains("has no class folders");
  }

  @Test
  void litterIsNoClassAndNoImageAndIsSaid() throws IOException {
    Path test = data.resolve("test");
    Files.writeString(test.resolve("dog/Thumbs.db"), "x");
    Files.createDirectories(test.resolve("__MACOSX/dog"));
    Files.writeString(test.resolve("__MACOSX/dog/._1.png"), "x");
    Cli run = Cli.run("evaluate", model, data);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("images  12");
    assertThat(run.err())
        .isEqualTo(
            "note: " + data + ": passed over 2 hidden or system files (such as test/__MACOSX)\n");
  }

  @Test
  void valTakesTheTestsPlaceAndATableIsEvaluatedToo() throws IOException {
    StringBuilder table = new StringBuilder("image,class\n");
    try (var files = Files.walk(data)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
        table.append(data.relativize(file) + "," + file.getParent().getFileName() + "\n");
      }
    }
    Path images =
        Files.writeString(data.resolve("images.tsv"), table.toString().replace(",", "\t"));
    String folders = Cli.run("evaluate", model, data).out();
    assertThat(Cli.run("evaluate", model, images).out()).isEqualTo(folders);
    Files.move(data.resolve("test"), data.resolve("Valid"));
    assertThat(Cli.run("evaluate", model, data).out()).isEqualTo(folders);
    Models.image(data.resolve("train/dog/1.png"), 0, 1);
    Path wrapped = Files.createDirectories(folder.resolve("outer/inner"));
    Files.move(data, wrapped.resolve("set"));
    assertThat(Cli.run("evaluate", model, wrapped).out()).isEqualTo(folders);
    assertThat(Cli.run("evaluate", model, folder.resolve("outer")).out()).isEqualTo(folders);
  }
}
