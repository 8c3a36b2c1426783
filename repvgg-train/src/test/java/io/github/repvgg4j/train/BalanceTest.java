package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.train.config.Balance;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Classes of unequal size: half of them have all their images, the others a tenth. */
class BalanceTest {

  private static final int LARGE = 60;
  private static final int SMALL = 6;

  @TempDir static Path data;
  @TempDir Path temp;

  @BeforeAll
  static void write() throws IOException {
    GeneratedImages.write(data, new GeneratedImages.Options(LARGE, 10, 16, 1));
    List<Path> classes = sorted(data.resolve("train"));
    for (Path some : classes.subList(5, classes.size())) {
      for (Path image : sorted(some).subList(SMALL, LARGE)) {
        Files.delete(image);
      }
    }
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
  void balancedAccuracyRises() throws IOException {
    double none = balancedAccuracy("none");
    double weights = balancedAccuracy("weights");
    double sampling = balancedAccuracy("sampling");
    assertThat(weights).as("none: %s", none).isGreaterThan(none + 0.05);
    assertThat(sampling).as("none: %s", none).isGreaterThan(none + 0.05);
  }

  private double balancedAccuracy(String balance) throws IOException {
    Path folder =
        run(
            balance,
            yaml(balance, "auto")
                .replace("epochs: 2", "epochs: 20\n  evaluateEvery: 20")
                .replace("0.05", "0.02"),
            100_000);
    JsonNode result = SmallRuns.result(folder);
    double mean = 0;
    for (JsonNode row : result.path("classes")) {
      mean += row.path("recall").asDouble() / 10;
    }
    assertThat(result.path("balancedAccuracy").asDouble()).isCloseTo(mean, within(1e-12));
    assertThat(result.at("/classes/0/trainImages").asInt()).isEqualTo(LARGE);
    assertThat(result.at("/classes/9/trainImages").asInt()).isEqualTo(SMALL);
    assertThat(result.at("/classes/9/testImages").asInt()).isEqualTo(10);
    assertThat(result.path("chosenBy").asText(""))
        .isEqualTo(balance.equals("none") ? "" : "balanced accuracy");
    return mean;
  }

  @ParameterizedTest
  @CsvSource({"weights, off", "sampling, auto"})
  void aRunThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped(String balance, String accelerate)
      throws IOException {
    String yaml =
        yaml(balance, accelerate)
            .replace(
                "learningRate", "labelSmoothing: 0.1\n  mixup: 0.2\n  cutmix: 1\n  learningRate");
    Path whole = run("whole", yaml, 100_000);
    run("parts", yaml, 6);
    Path parts = temp.resolve("parts");
    train(parts, yaml, StartMode.RESUME, 100_000, new ArrayList<>());
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    String other = yaml.replace("balance: " + balance, "balance: none");
    assertThatThrownBy(() -> train(parts, other, StartMode.RESUME, 1, new ArrayList<>()))
        .hasMessageContaining("training.balance");
  }

  /** The loss of both paths, seen from outside: epochs begin alike. */
  @Test
  void bothPathsHaveOneLoss() throws IOException {
    Path chain = run("chain", yaml("weights", "auto"), 100_000);
    Path layers = run("layers", yaml("weights", "off"), 100_000);
    assertThat(loss(chain)).isCloseTo(loss(layers), within(2e-3));
  }

  @Test
  void weightsAreInverseToTheClassesAndStayInTheZip() throws IOException {
    List<String> notes = new ArrayList<>();
    Path folder = temp.resolve("run");
    train(folder, yaml("weights", "off"), StartMode.NEW, 100_000, notes);
    assertThat(notes)
        .contains(
            "classes have 6 (horizontals) to 60 (checkers) training images; an image of them"
                + " counts 5.50 and 0.550 times in the loss");
    ComputationGraph model =
        (ComputationGraph) ModelZip.load(folder.resolve("model.zip")).network();
    OutputLayer head = (OutputLayer) model.getLayer(BlockNames.LINEAR).conf().getLayer();
    double[] weights = ((LossMCXENT) head.getLossFn()).getWeights().toDoubleVector();
    // scikit-learn 1.9: compute_class_weight("balanced") for five times 60 and five times 6 images
    assertThat(weights[0]).isCloseTo(0.55, within(1e-7));
    assertThat(weights[9]).isCloseTo(5.5, within(1e-6));
  }

  @Test
  void unequalClassesAreSaidWhereNothingIsDone() throws IOException {
    List<String> notes = new ArrayList<>();
    train(temp.resolve("run"), yaml("none", "off"), StartMode.NEW, 100_000, notes);
    assertThat(notes).anyMatch(note -> note.contains("training.balance: weights or sampling"));
  }

  @Test
  void aCardIsRefusedForWeightsInOneLine() {
    TrainConfig config =
        ConfigFiles.parse(
            "job.yaml", yaml("weights", "auto").replace("{acc", "{device: cuda, acc"));
    assertThat(config.training().balance()).isEqualTo(Balance.WEIGHTS);
    assertThatThrownBy(() -> Training.run(config.withFolder(temp), RunListener.SILENT))
        .hasMessageStartingWith("backend.device: cuda can't be used: ");
  }

  private Path run(String name, String yaml, int batches) throws IOException {
    Path folder = temp.resolve(name);
    train(folder, yaml, StartMode.NEW, batches, new ArrayList<>());
    return folder;
  }

  private static void train(
      Path folder, String yaml, StartMode mode, int batches, List<String> notes)
      throws IOException {
    RunOptions options = SmallRuns.stopAfter(batches, mode);
    RunListener listener = SmallRuns.noting(notes);
    Training.run(ConfigFiles.parse("job.yaml", yaml).withFolder(folder), options, listener);
  }

  private static String yaml(String balance, String accelerate) {
    return """
        model:
          block: plain
          depths: [1, 1, 1, 1]
          widths: [16, 16, 32, 32, 64]
          strides: [1, 2, 2, 1, 1]
          input: [3, 16, 16]
        data:
          path: '%s'
          threads: 2
          augment: {crop: padded, padding: 2}
        training:
          balance: %s
          epochs: 2
          batchSize: 32
          learningRate: 0.05
        backend: {accelerate: %s}
        output: {folder: unused}
        """
        .replaceFirst("%s", data.toString().replace("\\", "/"))
        .replaceFirst("%s", balance)
        .replaceFirst("%s", accelerate);
  }

  private static double loss(Path folder) throws IOException {
    String first = Files.readAllLines(folder.resolve("metrics.jsonl")).get(0);
    return Double.parseDouble(first.replaceAll(".*\"trainLoss\":([0-9.]+).*", "$1"));
  }
}
