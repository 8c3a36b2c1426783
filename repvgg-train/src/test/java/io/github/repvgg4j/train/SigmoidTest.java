package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.testkit.ColouredSquares;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;

/** Images with several classes, from a table: training.loss: sigmoid. */
class SigmoidTest {

  @TempDir static Path data;
  private static Path table;
  @TempDir Path temp;

  @BeforeAll
  static void write() throws IOException {
    table = ColouredSquares.write(data, 160, 40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "auto"})
  void aRunLearnsWhichClassesImagesShowAndGoesOnToTheSameBits(String accelerate)
      throws IOException {
    String yaml = yaml(accelerate, "labelSmoothing: 0.05\n  mixup: 0.2");
    Path whole = run("whole", yaml, StartMode.NEW, 100_000);
    JsonNode result = SmallRuns.result(whole);
    assertThat(result.path("meanAveragePrecision").asDouble()).isGreaterThan(0.9); // chance: 0.4
    assertThat(result.path("microF1").asDouble()).isGreaterThan(0.75);
    assertThat(result.has("top1")).isFalse();
    assertThat(result.path("chosenBy").asText()).isEqualTo("mean average precision");
    assertThat(result.path("meanAveragePrecisionAveraged").isNumber()).isTrue();
    double mean = 0;
    for (JsonNode row : result.path("classes")) {
      mean += row.path("averagePrecision").asDouble() / 3;
    }
    assertThat(result.path("meanAveragePrecision").asDouble()).isCloseTo(mean, within(1e-12));
    assertThat(result.at("/classes/0/class").asText()).isEqualTo("blue");
    assertThat(result.at("/classes/0/trainImages").asInt()).isBetween(20, 60);
    assertThat(Files.readString(whole.resolve("report.html")))
        .contains("mean average precision, test, model.zip")
        .contains("F1, %")
        .doesNotContain("taken for");
    run("parts", yaml, StartMode.NEW, 7);
    Path parts = run("parts", yaml, StartMode.RESUME, 100_000);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    ComputationGraph model = (ComputationGraph) ModelZip.load(whole.resolve("model.zip")).network();
    OutputLayer head = (OutputLayer) model.getLayer(BlockNames.LINEAR).conf().getLayer();
    assertThat(head.getActivationFn()).isInstanceOf(ActivationSigmoid.class);
  }

  @Test
  void imagesMayBeSetAsideWhereTheTableHasNoSplit() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(table)) {
      lines.add(line.substring(0, line.lastIndexOf(',')));
    }
    Path plain = Files.write(data.resolve("plain.csv"), lines);
    String yaml =
        yaml("auto", "clipNorm: 1")
            .replace("epochs: 8", "epochs: 1")
            .replace("path: '" + table + "'", "path: '" + plain + "'\n  split: {test: 0.25}");
    JsonNode result = SmallRuns.result(run("split", yaml, StartMode.NEW, 100_000));
    int train = 0;
    for (JsonNode row : result.path("classes")) {
      train += row.path("trainImages").asInt();
      assertThat(row.path("testImages").asInt()).isPositive();
    }
    assertThat(train).isPositive();
  }

  @Test
  void aTableOfOneClassEachKeepsItsLabelsWhole() throws IOException {
    Path odd =
        Files.write(
            data.resolve("odd.csv"),
            List.of("0.png,a|b,train", "1.png,c,train", "2.png,a|b,test", "3.png,c,test"));
    String yaml =
        yaml("off", "clipNorm: 1")
            .replace("loss: sigmoid", "loss: softmax")
            .replace("epochs: 8", "epochs: 1")
            .replace(table.toString(), odd.toString());
    JsonNode result = SmallRuns.result(run("odd", yaml, StartMode.NEW, 100_000));
    assertThat(result.at("/classes/0/class").asText()).isEqualTo("a|b");
  }

  @Test
  void aClassThatIsOnlyTestedIsRefused() throws IOException {
    Path odd =
        Files.write(
            data.resolve("only.csv"),
            List.of("path,label,split", "0.png,a|b,train", "1.png,,train", "2.png,c|a,test"));
    String yaml = yaml("off", "clipNorm: 1").replace(table.toString(), odd.toString());
    assertThatThrownBy(() -> run("only", yaml, StartMode.NEW, 100_000))
        .hasMessageContaining(
            "test of the manifest names classes that no image of train shows: [c]");
  }

  @Test
  void testImagesWithoutAnyClassAreRefusedSinceNothingCouldBeChosenByThem() throws IOException {
    Path odd =
        Files.write(
            data.resolve("none.csv"),
            List.of("path,label,split", "0.png,a|b,train", "1.png,a,train", "2.png,,test"));
    String yaml = yaml("off", "clipNorm: 1").replace(table.toString(), odd.toString());
    assertThatThrownBy(() -> run("none", yaml, StartMode.NEW, 100_000))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.csv: none of 1 test image shows a class");
    assertThat(temp.resolve("none")).doesNotExist();
  }

  @Test
  void whatIsAboutOneClassAnImageIsRefused() {
    assertThatThrownBy(() -> ConfigFiles.parse("job.yaml", yaml("auto", "balance: sampling")))
        .hasMessageContaining(
            "balance: counts classes that exclude each other alike; with loss: sigmoid use none");
  }

  private Path run(String name, String yaml, StartMode mode, int batches) throws IOException {
    Path folder = temp.resolve(name);
    RunOptions options = SmallRuns.stopAfter(batches, mode);
    Training.run(
        ConfigFiles.parse("job.yaml", yaml).withFolder(folder), options, RunListener.SILENT);
    return folder;
  }

  private static String yaml(String accelerate, String more) {
    return String.join(
        "\n",
        "model:",
        "  block: plain",
        "  depths: [1, 1, 1, 1]",
        "  widths: [16, 16, 16, 16, 32]",
        "  strides: [1, 2, 2, 1, 1]",
        "  input: [3, 16, 16]",
        "data:",
        "  path: '" + table + "'",
        "  threads: 2",
        "  augment: {flip: random}",
        "training:",
        "  loss: sigmoid",
        "  epochs: 8",
        "  evaluateEvery: 4",
        "  batchSize: 16",
        "  learningRate: 0.05",
        "  testTimeAveraging: flip",
        "  " + more,
        "backend: {accelerate: " + accelerate + "}",
        "output: {folder: unused}",
        "");
  }
}
