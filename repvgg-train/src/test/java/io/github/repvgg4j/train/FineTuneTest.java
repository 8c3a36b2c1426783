package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.model.ModelConfig;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Going on from another network's weights: its classes a, b and c, ours the generated ones. */
class FineTuneTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(4, 4, 4, 4, 8), 3, InputShape.square(16))
          .withStrides(List.of(1, 2, 2, 1, 1));

  @TempDir Path temp;
  private Path from;
  private ComputationGraph source;

  @BeforeEach
  void source() throws IOException {
    from = temp.resolve("source.zip");
    source = RepVggGraphs.build(SPEC, GraphOptions.withSeed(77));
    RandomStatistics.fill(source, 77);
    metadata(ModelMetadata.Form.TRAINING).write(from);
  }

  private ModelZipWriter metadata(ModelMetadata.Form form) {
    return ModelZipWriter.of(
        source, ModelMetadata.of(form, SPEC).withLabels(List.of("a", "b", "c")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void frozenStagesKeepTheirBitsAndTheRestMoves(int frozen) throws IOException {
    ComputationGraph tuned = train(config("run", "freezeStages: " + frozen));
    for (Layer layer : tuned.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      boolean head = name.equals(BlockNames.LINEAR);
      boolean still = !head && name.charAt("stage".length()) - '0' < frozen;
      for (Map.Entry<String, INDArray> entry : layer.paramTable().entrySet()) {
        String what = name + " " + entry.getKey();
        if (head) {
          assertThat(entry.getValue().size(-1)).as(what).isEqualTo(10);
        } else {
          assertThat(sameBits(entry.getValue(), before(name, entry.getKey())))
              .as(what)
              .isEqualTo(still);
        }
      }
    }
  }

  @Test
  void factorZeroLeavesTheBackboneButForItsStatistics() throws IOException {
    TrainConfig config = config("run", "backboneLearningRateFactor: 0", "emaDecay: 0");
    ComputationGraph tuned = train(config);
    for (Layer layer : tuned.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      if (name.equals(BlockNames.LINEAR)) {
        continue;
      }
      layer
          .paramTable()
          .forEach(
              (key, values) ->
                  assertThat(sameBits(values, before(name, key)))
                      .as("%s %s", name, key)
                      .isEqualTo(!key.equals("mean") && !key.equals("var")));
    }
    ComputationGraph other =
        train(config("other", "backboneLearningRateFactor: 0.5", "emaDecay: 0"));
    String weight = "stage1.block0.dense.conv";
    assertThat(sameBits(other.getLayer(weight).getParam("W"), before(weight, "W"))).isFalse();
  }

  @Test
  void firstStepOfTheBackboneIsTheFactorTimesThatOfTheHead() throws IOException {
    String once = "emaDecay: 0, epochs: 1, batchSize: 40, schedule: {type: constant}";
    String weight = "stage2.block0.dense.conv";
    INDArray full =
        train(config("full", "backboneLearningRateFactor: 1", once)).getLayer(weight).getParam("W");
    INDArray tenth =
        train(config("tenth", "backboneLearningRateFactor: 0.1", once))
            .getLayer(weight)
            .getParam("W");
    INDArray start = before(weight, "W");
    assertThat(Tolerance.maxRelDifference(tenth.sub(start), full.sub(start).mul(0.1)))
        .isLessThan(1e-3);
  }

  @Test
  void linearLayerIsTakenOverWithItsClassesAndElseDrawnFromTheSeed() throws IOException {
    FineTuneConfig fineTune = new FineTuneConfig(from.toString(), null, 0, 1.0);
    ComputationGraph same = RepVggGraphs.build(SPEC, GraphOptions.withSeed(1));
    assertThat(SourceModel.copyTo(same, List.of("a", "b", "c"), fineTune)).isTrue();
    Tolerance.EXACT.check(same.params(), source.params());
    ComputationGraph drawn = RepVggGraphs.build(SPEC, GraphOptions.withSeed(1));
    ComputationGraph other = RepVggGraphs.build(SPEC, GraphOptions.withSeed(1));
    assertThat(SourceModel.copyTo(other, List.of("c", "b", "a"), fineTune)).isFalse();
    for (String key : List.of("W", "b")) {
      Tolerance.EXACT.check(
          other.getLayer(BlockNames.LINEAR).getParam(key),
          drawn.getLayer(BlockNames.LINEAR).getParam(key));
    }
    String norm = "stage4.block0.dense.bn";
    Tolerance.EXACT.check(other.getLayer(norm).getParam("var"), before(norm, "var"));
  }

  @Test
  void stoppedAndResumedRunHasTheBitsOfTheWholeOne() throws IOException {
    Path whole = temp.resolve("whole");
    Path parts = temp.resolve("parts");
    String keys = "freezeStages: 2, backboneLearningRateFactor: 0.3";
    Training.run(config("whole", keys), RunListener.SILENT);
    RunOptions stop = SmallRuns.stopAfter(8, StartMode.NEW);
    assertThat(Training.run(config("parts", keys), stop, RunListener.SILENT).state())
        .isEqualTo(RunResult.State.STOPPED);
    Path moved = Files.move(from, temp.resolve("moved.zip"));
    from = moved;
    Training.run(config("parts", keys), RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    assertThat(parts.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
  }

  @Test
  void otherSourceWeightsAreAnotherConfiguration() throws IOException {
    TrainConfig config = config("run", "freezeStages: 2");
    RunOptions stop = SmallRuns.stopAfter(8, StartMode.NEW);
    Training.run(config, stop, RunListener.SILENT);
    source.params().addi(0.01);
    metadata(ModelMetadata.Form.TRAINING).write(from);
    assertThatThrownBy(
            () -> Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT))
        .hasMessageContaining("was written with another configuration");
    TrainConfig written = ConfigFiles.read(temp.resolve("run/config.yaml"));
    assertThatThrownBy(
            () -> Training.run(written, RunOptions.of(StartMode.RESUME), RunListener.SILENT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has another SHA-256 than training.fineTune.sha256 says");
  }

  @Test
  void modelNamesTheHashOfItsSource() throws IOException {
    RunResult result = Training.run(config("run", "freezeStages: 4"), RunListener.SILENT);
    assertThat(ModelZip.readMetadata(result.model()).provenance())
        .containsEntry("fineTunedFrom.sha256", Sha256.of(from));
  }

  @Test
  void whatIsNoTrainingFormOfThisNetworkIsRefusedInOneLine() throws IOException {
    assertRefused(
        config("run", "freezeStages: 0").withModel(wider()), "has widths [4, 4, 4, 4, 8]");
    String fewer = SmallRuns.YAML.replace("  strides", "  branches: dense-only\n  strides");
    assertRefused(
        config("run", "freezeStages: 0").withModel(ConfigFiles.parse("x.yaml", fewer).model()),
        "has branches all, the configured model dense-only");
    metadata(ModelMetadata.Form.FAST).write(from);
    assertRefused(config("run", "freezeStages: 0"), "source.zip is a fast form");
    ModelZipWriter.of(source, ModelMetadata.unknown(ModelMetadata.Form.TRAINING)).write(from);
    assertRefused(config("run", "freezeStages: 0"), "does not say which RepVGG network it is");
    Files.writeString(from, "no zip");
    assertRefused(config("run", "freezeStages: 0"), "source.zip: not a model zip");
    Files.delete(from);
    assertRefused(config("run", "freezeStages: 0"), "source.zip: no such file");
    assertThat(temp.resolve("run")).doesNotExist();
    assertThatThrownBy(() -> config("run", "freezeStages: 6"))
        .hasMessageContaining("training.fineTune.freezeStages: must be at least 0 and at most 5");
    assertThatThrownBy(() -> config("run", "backboneLearningRateFactor: -1"))
        .hasMessageContaining("training.fineTune.backboneLearningRateFactor: must be at least 0");
  }

  @Test
  void weightsOfARunThatDivergedAreRefused() throws IOException {
    source.getLayer("stage1.block0.dense.conv").getParam("W").putScalar(0, Float.NaN);
    metadata(ModelMetadata.Form.TRAINING).write(from);
    assertRefused(
        config("run", "freezeStages: 0"),
        "source.zip holds NaN or infinity (stage1.block0.dense.conv, W): its training diverged");
    assertThat(temp.resolve("run/config.yaml")).doesNotExist();
  }

  @Test
  void sourceInTheRunsOwnFolderIsNotReplaced() throws IOException {
    Path model = Training.run(config("run", "freezeStages: 2"), RunListener.SILENT).model();
    String before = Sha256.of(model);
    from = Files.createSymbolicLink(temp.resolve("link.zip"), model);
    TrainConfig again = config("run", "freezeStages: 2");
    assertThatThrownBy(
            () -> Training.run(again, RunOptions.of(StartMode.OVERWRITE), RunListener.SILENT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("training.fineTune.from: " + from + " would be replaced by this run");
    assertThat(Sha256.of(model)).isEqualTo(before);
    assertThat(Training.run(config("other", "freezeStages: 2"), RunListener.SILENT).state())
        .isEqualTo(RunResult.State.DONE);
  }

  private static void assertRefused(TrainConfig config, String message) {
    assertThatThrownBy(() -> Training.run(config, RunListener.SILENT))
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  private static ModelConfig wider() {
    return ModelConfig.of(
        List.of(1, 1, 1, 1), List.of(4, 4, 4, 8, 8), List.of(1, 2, 2, 1, 1), List.of(3, 16, 16));
  }

  private ComputationGraph train(TrainConfig config) throws IOException {
    return (ComputationGraph)
        ModelZip.load(Training.run(config, RunListener.SILENT).model()).network();
  }

  private static boolean sameBits(INDArray a, INDArray b) {
    return Tolerance.maxAbsDifference(a, b) == 0;
  }

  private INDArray before(String layer, String key) {
    return source.getLayer(layer).getParam(key);
  }

  private TrainConfig config(String folder, String fineTune) {
    return config(folder, fineTune, "");
  }

  /**
   * @param fineTune keys beside {@code from}
   * @param training keys, over those of the small run
   */
  private TrainConfig config(String folder, String fineTune, String training) {
    String section = "  fineTune: {from: '%s', %s}\n".formatted(from, fineTune);
    String yaml = SmallRuns.YAML.replace("  mixup", section + "  mixup");
    for (String pair : training.isEmpty() ? new String[0] : training.split(", (?![^{]*})")) {
      String key = pair.substring(0, pair.indexOf(':'));
      yaml = yaml.replaceAll("(?m)^  " + key + ":.*\n", "");
      yaml = yaml.replace("training:\n", "training:\n  " + pair + "\n");
    }
    TrainConfig config = ConfigFiles.parse("tune.yaml", yaml);
    return config.withFolder(temp.resolve(folder));
  }
}
