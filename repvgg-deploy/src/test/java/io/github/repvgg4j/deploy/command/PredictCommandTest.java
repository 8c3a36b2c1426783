package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.deploy.Models;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class PredictCommandTest {

  @TempDir Path folder;
  private Path model;
  private Path red;
  private Path blue;

  @BeforeEach
  void makeFiles() throws IOException {
    model = Models.fastZip(folder);
    red = Models.image(folder.resolve("photos/red.png"), 0xff0000, 1);
    blue = Models.image(folder.resolve("photos/deep/blue.png"), 0x0000ff, 2);
  }

  @Test
  void bothFormsNameTheClassesWithTheNetworksProbabilities() throws IOException {
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(Preprocessing.IMAGENET, Models.SPEC.input());
    INDArray input = Floats.array(preprocessor.apply(ImageReader.read(red)), preprocessor.shape(1));
    float[] expected = Models.training().outputSingle(input).toFloatVector();
    for (String form : List.of("model.zip", "fast.zip")) {
      Cli run = Cli.run("predict", "--json", folder.resolve(form), red);
      assertThat(run.exitCode()).isZero();
      JsonNode top = new ObjectMapper().readTree(run.out()).get(0).get("top");
      assertThat(top).hasSize(3);
      double last = 1;
      for (JsonNode c : top) {
        int index = c.get("index").asInt();
        assertThat(c.get("label").asText()).isEqualTo(Models.LABELS.get(index));
        double probability = c.get("probability").asDouble();
        assertThat(probability).isBetween(expected[index] - 1e-5, expected[index] + 1e-5);
        assertThat(probability).isLessThanOrEqualTo(last);
        last = probability;
      }
    }
  }

  /** As a run that diverged may leave it. */
  @Test
  void aNetworkThatAnswersNaNIsAnError() throws IOException {
    ComputationGraph graph = Models.training();
    graph.getLayer("stage0.block0.dense.conv").getParam("W").putScalar(0, Float.NaN);
    Path broken = Models.trainingZip(graph, folder.resolve("broken.zip"));
    Path data = Models.dataSet(folder.resolve("data"));
    for (Cli run : List.of(Cli.run("predict", broken, red), Cli.run("evaluate", broken, data))) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines())
          .containsExactly(
              "error: the network answers NaN: its weights are damaged, or too large to compute"
                  + " with");
    }
  }

  @Test
  void folderIsSearchedAndPrintedAsATable() {
    Cli run = Cli.run("predict", model, folder.resolve("photos"), "--top", 1);
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).hasSize(3);
    assertThat(run.out()).containsSubsequence("deep/blue.png", "red.png");
  }

  @Test
  void badImagesAreNamedAndTheOthersGoOn() throws IOException {
    byte[] png = Files.readAllBytes(red);
    Path cut = Files.write(folder.resolve("photos/cut.png"), Arrays.copyOf(png, png.length / 2));
    Path gif = Files.writeString(folder.resolve("photos/anim.gif"), "GIF89a and more");
    Path text = Files.writeString(folder.resolve("photos/x.jpg"), "hello");
    Files.writeString(folder.resolve("photos/README.txt"), "no image, and none by its name");
    Path none = folder.resolve("none.png");
    Cli run = Cli.run("predict", model, folder.resolve("photos"), none, "--batch", 1);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains(red.toString(), blue.toString());
    assertThat(run.err())
        .contains(
            "note: "
                + folder.resolve("photos")
                + ": passed over 1 file that is no image (README.txt)\n");
    assertThat(run.err().lines()).hasSize(5);
    for (Path bad : List.of(cut, gif, text, none)) {
      assertThat(run.err().lines().filter(line -> line.startsWith("error: " + bad + ": ")))
          .hasSize(1);
    }
  }

  @Test
  void everyFormatAndEveryShapeIsPredicted() throws IOException {
    BufferedImage picture = ImageIO.read(red.toFile());
    for (String format : List.of("gif", "tiff", "bmp", "jpg")) {
      ImageIO.write(picture, format, folder.resolve("photos/a." + format).toFile());
    }
    thin(1, 60_000);
    thin(60_000, 1);
    Cli run = Cli.run("predict", model, folder.resolve("photos"), "--top", 1);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).as("a head and eight images").hasSize(9);
  }

  private void thin(int width, int height) throws IOException {
    BufferedImage thin = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(thin, "png", folder.resolve("photos/thin" + width + ".png").toFile());
  }

  @Test
  void folderWithoutImagesIsAnError() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(Cli.run("predict", model, empty))
        .isEqualTo(new Cli(1, "", "error: " + empty + ": has no image files\n"));
    Files.writeString(empty.resolve("Thumbs.db"), "x");
    assertThat(Cli.run("predict", model, empty).err())
        .isEqualTo(
            "error: "
                + empty
                + ": has no image files; passed over 1 hidden or system file (Thumbs.db)\n");
  }

  @Test
  void filesGivenAreAlwaysTakenAndFoldersByTheCommonRules() throws Exception {
    byte[] png = Files.readAllBytes(red);
    Path odd = Files.write(folder.resolve("odd.txt"), png);
    Path bare = Files.write(folder.resolve("photos/0001"), png);
    Path upper = Files.write(folder.resolve("photos/x.JPE"), png);
    Files.write(folder.resolve("photos/y.txt"), png);
    Files.write(folder.resolve("photos/.hidden.png"), png);
    Files.createSymbolicLink(folder.resolve("photos/up"), Path.of(".."));
    Files.createSymbolicLink(folder.resolve("photos/self"), Path.of("."));
    Cli run = Cli.run("predict", model, odd, folder.resolve("photos"), "--json");
    assertThat(run.exitCode()).isZero();
    List<String> images = new java.util.ArrayList<>();
    new ObjectMapper().readTree(run.out()).forEach(a -> images.add(a.get("image").asText()));
    assertThat(images)
        .containsExactly(
            odd.toString(), bare.toString(), blue.toString(), red.toString(), upper.toString());
    assertThat(run.err())
        .isEqualTo(
            "note: "
                + folder.resolve("photos")
                + ": passed over 1 hidden or system file (.hidden.png), 1 file that is no image"
                + " (y.txt), 2 links that lead back to where they stand (such as self)\n");
  }

  @Test
  void zipsAndTablesStandForTheirImagesAndPipesAreNotOpened() throws Exception {
    Path zip = folder.resolve("photos.zip");
    try (java.util.zip.ZipOutputStream out =
        new java.util.zip.ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new java.util.zip.ZipEntry("a\\red.png"));
      out.write(Files.readAllBytes(red));
      out.putNextEntry(new java.util.zip.ZipEntry("__MACOSX/a/._red.png"));
    }
    Path table =
        Files.writeString(folder.resolve("some.csv"), "path,label\nphotos/deep/blue.png,owl\n");
    Cli run = Cli.run("predict", model, zip, table, "--json");
    assertThat(run.exitCode()).isZero();
    List<String> images = new java.util.ArrayList<>();
    new ObjectMapper().readTree(run.out()).forEach(a -> images.add(a.get("image").asText()));
    assertThat(images).containsExactly(zip + "!a/red.png", blue.toString());
    Path pipe = folder.resolve("pipe.jpg");
    if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0) {
      assertThat(Cli.run("predict", model, pipe).err())
          .isEqualTo("error: " + pipe + ": is a pipe, socket or device, not a file\n");
    }
  }
}
