package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.accelerate.BackendUnavailableException;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.fused.FusedForm;
import io.github.repvgg4j.train.loop.DivergedException;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Keys that work each for itself, drawn together: a job is refused in one line, or its run ends,
 * goes on after a stop to the same bits, and leaves a network that fuses.
 */
class RandomRecipesTest {

  private static final int IMAGES = 3;

  @TempDir static Path data;
  @TempDir Path temp;

  @BeforeAll
  static void write() throws IOException {
    GeneratedImages.Options options = new GeneratedImages.Options(4, 2, 16, 1);
    GeneratedImages.write(data.resolve("whole"), options);
    Path spoiled = data.resolve("spoiled");
    GeneratedImages.write(spoiled, options);
    for (String bad :
        List.of("train/dots/0000", "train/dots/0001", "train/ring/0003", "test/dots/0001")) {
      Files.writeString(spoiled.resolve(bad + ".png"), "no image");
    }
  }

  @Test
  void keysGoTogetherOrAreRefused() {
    assertThat(endedOf(0, 8)).as("runs that were not refused").isGreaterThan(4);
  }

  @Test
  @Tag("proof")
  void manyKeysGoTogetherOrAreRefused() {
    assertThat(endedOf(9, 200)).as("runs that were not refused").isGreaterThan(100);
  }

  private int endedOf(long firstSeed, long lastSeed) {
    int ended = 0;
    for (long seed = firstSeed; seed <= lastSeed; seed++) {
      RandomRecipe recipe = new RandomRecipe(seed, data);
      Path first = temp.resolve(seed + "-first");
      if (ends(recipe.first(), first, seed)) {
        String second = recipe.second(first.resolve("model.zip"));
        ended += ends(second, temp.resolve(seed + "-second"), seed) ? 2 : 1;
      }
    }
    return ended;
  }

  private static boolean ends(String yaml, Path folder, long seed) {
    try {
      if (!run(yaml, folder)) {
        return false;
      }
      resume(yaml, folder, folder.resolveSibling(folder.getFileName() + "-in-parts"), seed);
      fuse(folder, seed);
      return true;
    } catch (AssertionError | RuntimeException | IOException e) {
      throw new AssertionError("seed " + seed + ":\n" + yaml + e, e);
    }
  }

  /** Whether the run came to its end; else it was refused or diverged. */
  private static boolean run(String yaml, Path folder) throws IOException {
    try {
      train(yaml, folder, RunOptions.NEW);
      return true;
    } catch (DivergedException e) {
      return false;
    } catch (ConfigException
        | IllegalArgumentException
        | BackendUnavailableException
        | IOException e) {
      assertThat(e.getMessage()).hasLineCount(1).doesNotContain("null", "java.");
      assertThat(folder).doesNotExist();
      return false;
    }
  }

  private static RunResult train(String yaml, Path folder, RunOptions options) throws IOException {
    TrainConfig config = ConfigFiles.parse("random.yaml", yaml).withFolder(folder);
    return Training.run(config, options, RunListener.SILENT);
  }

  private static void resume(String yaml, Path whole, Path parts, long seed) throws IOException {
    Random random = new Random(seed);
    StartMode mode = StartMode.NEW;
    RunOptions options = SmallRuns.stopAfter(1 + random.nextInt(12), mode);
    while (train(yaml, parts, options).state() != RunResult.State.DONE) {
      options = SmallRuns.stopAfter(2 + random.nextInt(60), StartMode.RESUME);
    }
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    assertThat(parts.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
  }

  /** In float64: logits that all but cancel out would show float32's rounding alone. */
  private static void fuse(Path whole, long seed) throws IOException {
    ModelZip.LoadedModel model = ModelZip.load(whole.resolve("model.zip"));
    InputShape input = model.metadata().spec().orElseThrow().input();
    ComputationGraph graph = ((ComputationGraph) model.network()).convertDataType(DataType.DOUBLE);
    FusedForm fused = FusedForm.of(graph, input);
    long[] shape = {IMAGES, input.channels(), input.height(), input.width()};
    Nd4j.getRandom().setSeed(seed);
    try (INDArray images = Nd4j.rand(DataType.DOUBLE, shape)) {
      Tolerance.FLOAT64.check(Logits.of(fused.network(), images), Logits.of(graph, images));
    }
  }
}
