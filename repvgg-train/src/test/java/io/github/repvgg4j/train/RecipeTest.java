package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The parts of a recipe in whole runs. */
class RecipeTest {

  private static final String MUON =
      """
        optimizer:
          type: muon
          momentum: 0.6
          steps: 3
          kernelScale: unit
          rest: {type: %s}
          restRateFactor: 0.1
      """;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adamw"})
  void aRunOfAllPartsThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped(String rest)
      throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(config(rest).withFolder(whole), RunListener.SILENT);
    TrainConfig again = config(rest).withFolder(temp.resolve("stopped"));
    AtomicInteger batches = new AtomicInteger();
    RunResult half =
        Training.run(
            again,
            RunOptions.of(StartMode.NEW).withStop(() -> batches.incrementAndGet() > 8),
            RunListener.SILENT);
    assertThat(half.state()).isEqualTo(RunResult.State.STOPPED);
    Training.run(again, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(again.folder())).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(again.folder())).isEqualTo(SmallRuns.metrics(whole));
    assertThat(temp.resolve("whole").resolve("model-raw.zip")).exists();
    ComputationGraph model = (ComputationGraph) ModelZip.load(whole.resolve("model.zip")).network();
    INDArray kernel = model.getLayer("stage0.block0.dense.conv").getParam("W");
    INDArray gamma = model.getLayer("stage0.block0.dense.bn").getParam("gamma");
    assertThat(gamma.minNumber().doubleValue()).isEqualTo(1);
    assertThat(gamma.maxNumber().doubleValue()).isEqualTo(1);
    for (int filter = 0; filter < 8; filter++) {
      assertThat(kernel.slice(filter)).isEqualTo(kernel.slice(filter + 8).neg());
    }
    assertThat(model.getVertex("stage1.block0.pool")).isNotNull();
  }

  @Test
  void fewImagesAndNoWeightsToStartFromAreSaid() throws IOException {
    List<String> notes = new ArrayList<>();
    RunListener listener = SmallRuns.noting(notes);
    String quick = SmallRuns.YAML.replace("emaDecay: 0.9", "emaDecay: 0.5");
    TrainConfig first = ConfigFiles.parse("job.yaml", quick).withFolder(temp.resolve("first"));
    Training.run(first, listener);
    assertThat(notes)
        .hasSize(1)
        .anyMatch(note -> note.startsWith("few images (4 a class) and no weights"))
        .anyMatch(note -> note.contains("the published weights are of photos of 224 x 224"));
    notes.clear();
    String yaml =
        quick.replace(
            "training:\n",
            "training:\n  fineTune: {from: '" + temp.resolve("first/model.zip") + "'}\n");
    String taken =
        "weights of "
            + temp.resolve("first/model.zip")
            + ", with its linear layer, 0 of 5 stages frozen";
    Path second = temp.resolve("second");
    String preset = "preset: small-images-few\n" + yaml;
    Training.run(ConfigFiles.parse("job.yaml", preset).withFolder(second), listener);
    assertThat(notes)
        .containsExactly(
            "preset small-images-few; network and recipe stand in " + second.resolve("config.yaml"),
            taken);
    assertThat(second.resolve("run.log")).content().contains(taken);
    notes.clear();
    String grey = yaml.replace("data:\n", "data:\n  mean: [0.5, 0.5, 0.5]\n");
    Training.run(ConfigFiles.parse("job.yaml", grey).withFolder(temp.resolve("third")), listener);
    assertThat(notes).contains(taken).hasSize(2);
    assertThat(notes.get(0))
        .contains("was trained on images normalised with mean [0.485, 0.456, 0.406] and std");
  }

  @Test
  void whiteningNeedsOneBranchAndAnEvenWidth() {
    TrainConfig config =
        ConfigFiles.parse(
            "job.yaml", SmallRuns.YAML.replace("mixup: 0.2", "whitening: {patch: 2}"));
    assertThatThrownBy(() -> Training.run(config.withFolder(temp), RunListener.SILENT))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "training.whitening: needs model.block plain (or branches dense-only) and an even width"
                + " of stage 0 of at most 24 (patch 2); its width is 4");
    assertThatThrownBy(
            () ->
                ConfigFiles.parse(
                    "job.yaml", SmallRuns.YAML.replace("mixup: 0.2", "lookahead: {every: 5}")))
        .hasMessageContaining("lookahead: excludes emaDecay; remove one of them");
  }

  private static TrainConfig config(String rest) {
    String yaml =
        SmallRuns.YAML
            .replace(
                "widths: [4, 4, 4, 4, 8]",
                "widths: [16, 16, 16, 16, 16]\n  branches: dense-only\n  downsample: maxpool")
            .replace(
                "  emaDecay: 0.9\n",
                "  lookahead: {every: 2, alpha: 0.5, rampPower: 1, startEpoch: 1}\n"
                    + "  whitening: {patch: 2, images: 20, biasEpochs: 1.5}\n"
                    + "  init: dirac\n"
                    + "  biasRateFactor: 4\n"
                    + "  schedule: {type: triangle}\n"
                    + String.format(java.util.Locale.ROOT, MUON, rest))
            .replace("accelerate: off", "accelerate: auto");
    return ConfigFiles.parse("job.yaml", yaml);
  }
}
