package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs of networks of every kind of block. */
class BlockRunsTest {

  private static final String YAML =
      SmallRuns.YAML
          .replace("widths: [4, 4, 4, 4, 8]", "widths: [16, 16, 16, 16, 32]")
          .replace("accelerate: off", "accelerate: require")
          .replace("epochs: 3", "epochs: 2")
          .replace("testTimeAveraging: flip-translate", "emaDecay: 0.9")
          .replace("  emaDecay: 0.9\n  mixup", "  mixup");

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"qarepvgg, ''", "mobileone, ', convolutions: 2, squeezeExcitation: true'"})
  void stoppedAndResumedRunHasTheBitsOfTheWholeOne(String block, String more) throws IOException {
    String yaml = YAML.replace("depths:", "block: " + block + "\n  depths:");
    yaml = yaml.replace("input: [3, 16, 16]", "input: [3, 16, 16]" + keys(more));
    Path whole = run("whole", yaml, StartMode.NEW, 1000);
    assertThat(Files.readString(whole.resolve("run.log"))).contains("gradient by one oneDNN chain");
    run("parts", yaml, StartMode.NEW, 7);
    Path parts = run("parts", yaml, StartMode.RESUME, 1000);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    assertThat(parts.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
    assertThat(ModelZip.readMetadata(whole.resolve("model.zip")).spec())
        .map(spec -> spec.blockOptions().kind().label())
        .contains(block);
  }

  private static String keys(String more) {
    return more.replace(", ", "\n  ");
  }

  @Test
  void plainNetworkTrainsByTheConstantsOfASearch() throws IOException {
    Path search = run("search", yaml("repopt-search", ""), StartMode.NEW, 1000);
    Path from = search.resolve("model.zip");
    assertScalesMoved(from);
    String yaml = yaml("plain", "{type: sgd, reparameterize: {from: '" + from + "'}}");
    Path whole = run("whole", yaml, StartMode.NEW, 1000);
    assertThat(Files.readString(whole.resolve("run.log")))
        .contains("times RepOptimizer's constants");
    assertThat(ModelZip.readMetadata(whole.resolve("model.zip")).provenance())
        .containsEntry("reparameterizedFrom.sha256", Sha256.of(from));
    run("parts", yaml, StartMode.NEW, 7);
    Path moved = Files.move(from, temp.resolve("moved.zip"));
    Path parts =
        run("parts", yaml.replace(from.toString(), moved.toString()), StartMode.RESUME, 99);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(parts.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
    Path without = run("without", yaml("plain", "{type: sgd}"), StartMode.NEW, 1000);
    assertThat(SmallRuns.hash(without)).isNotEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(without)).isNotEqualTo(SmallRuns.metrics(whole));
  }

  private static void assertScalesMoved(Path search) throws IOException {
    ModelZip.LoadedModel model = ModelZip.load(search);
    ComputationGraph graph = (ComputationGraph) model.network();
    for (BlockSpec block : model.metadata().spec().orElseThrow().blocks()) {
      INDArray scale = graph.getLayer(block.name() + ".dense.scale").getParam("W");
      assertThat(scale.sub(1).norm1Number().doubleValue()).isGreaterThan(0);
      assertThat(graph.getVertex(BlockNames.bn(block.name()))).isNotNull();
    }
  }

  @Test
  void whatDoesNotFitIsRefusedInOneLine() throws IOException {
    Path plain = zip("plain.zip", BlockKind.PLAIN);
    String by = "{type: sgd, reparameterize: {from: '" + plain + "'}}";
    assertRefused(yaml("plain", by), "plain.zip is no search; give the model.zip of a run with");
    assertThatThrownBy(() -> config(yaml("repvgg", by)))
        .hasMessageContaining("needs model.block: plain, got repvgg");
    Path found = zip("search.zip", BlockKind.REPOPT_SEARCH);
    String good = "{type: sgd, reparameterize: {from: '" + found + "'}}";
    assertRefused(
        yaml("plain", good).replace("16, 16, 32]", "16, 32, 32]"),
        "was searched with widths [16, 16, 16, 16, 32], model.widths is ");
    assertRefused(yaml("plain", good.replace("}}", ", sha256: abc}}")), "has another SHA-256 than");
    String onCard = yaml("plain", good).replace("accelerate: require", "device: cuda");
    assertThatThrownBy(() -> config(onCard)).hasMessageContaining("cards know no training.optim");
    assertThatThrownBy(() -> config(yaml("plain", good.replace("sgd", "adamw"))))
        .hasMessageContaining("reparameterize");
    assertThatThrownBy(
            () ->
                config(
                    yaml("plain", good).replace("epochs:", "fineTune: {from: x.zip}\n  epochs:")))
        .hasMessageContaining("optimizer.reparameterize: trains from the start");
    assertThatThrownBy(
            () -> config(yaml("qarepvgg", "").replace("epochs:", "customL2: true\n  epochs:")))
        .hasMessageContaining("customL2: is about RepVGG's 3x3 and 1x1 branches");
    assertThatThrownBy(
            () -> config(yaml("mobileone", "").replace("depths:", "groups: 2\n  depths:")))
        .hasMessageContaining("groups: block mobileone has its own (depthwise)");
    assertThatThrownBy(
            () ->
                config(
                    yaml("qarepvgg", "").replace("depths:", "squeezeExcitation: true\n  depths:")))
        .hasMessageContaining("squeezeExcitation: its authors put it before");
  }

  @Test
  void aSearchThatDivergedIsRefused() throws IOException {
    ModelZip.LoadedModel search = ModelZip.load(zip("search.zip", BlockKind.REPOPT_SEARCH));
    search.network().params().putScalar(3, Float.NaN);
    Path file = temp.resolve("diverged.zip");
    ModelZipWriter.of(search.network(), search.metadata()).write(file);
    String yaml = yaml("plain", "{type: sgd, reparameterize: {from: '" + file + "'}}");
    assertThatThrownBy(() -> run("refused", yaml, StartMode.NEW, 1000))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("diverged.zip holds NaN or infinity: its training diverged");
    assertThat(temp.resolve("refused/config.yaml")).doesNotExist();
  }

  private Path zip(String name, BlockKind kind) throws IOException {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(16, 16, 16, 16, 32), 3, InputShape.square(16))
            .withStrides(List.of(1, 2, 2, 1, 1))
            .withBlockOptions(BlockOptions.of(kind));
    ModelMetadata metadata = ModelMetadata.of(ModelMetadata.Form.TRAINING, spec);
    Path file = temp.resolve(name);
    ModelZipWriter.of(RepVggGraphs.build(spec, GraphOptions.withSeed(1)), metadata).write(file);
    return file;
  }

  private static String yaml(String block, String optimizer) {
    String yaml = YAML.replace("depths:", "block: " + block + "\n  depths:");
    return optimizer.isEmpty()
        ? yaml
        : yaml.replace("epochs:", "optimizer: " + optimizer + "\n  epochs:");
  }

  private static void config(String yaml) {
    ConfigFiles.parse("blocks.yaml", yaml);
  }

  private void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> run("refused", yaml, StartMode.NEW, 1000))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
    assertThat(temp.resolve("refused")).doesNotExist();
  }

  private Path run(String name, String yaml, StartMode mode, int batches) throws IOException {
    Path folder = temp.resolve(name);
    RunOptions options = SmallRuns.stopAfter(batches, mode);
    Training.run(
        ConfigFiles.parse("blocks.yaml", yaml).withFolder(folder), options, RunListener.SILENT);
    return folder;
  }
}
