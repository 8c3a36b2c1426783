package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whole runs whose gradient comes from the chain of oneDNN primitives. */
@DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
class ChainTrainingTest {

  private static final String YAML =
      SmallRuns.YAML
          .replace("widths: [4, 4, 4, 4, 8]", "widths: [16, 16, 16, 16, 32]")
          .replace("accelerate: off", "accelerate: auto");

  @TempDir Path temp;

  @Test
  void stoppedAndResumedRunHasTheBitsOfTheWholeOne() throws IOException {
    String yaml = YAML.replace("accelerate: auto", "accelerate: auto, convolutions: winograd");
    Path whole = run("whole", yaml, StartMode.NEW, 1000);
    assertThat(Files.readString(whole.resolve("run.log"))).contains("gradient by one oneDNN chain");
    run("parts", yaml, StartMode.NEW, 7);
    Path parts = run("parts", yaml, StartMode.RESUME, 1000);
    assertThat(SmallRuns.hash(parts)).isEqualTo(SmallRuns.hash(whole));
    assertThat(SmallRuns.metrics(parts)).isEqualTo(SmallRuns.metrics(whole));
    run("others", yaml, StartMode.NEW, 7);
    String direct = yaml.replace("convolutions: winograd", "convolutions: direct");
    assertThatThrownBy(() -> run("others", direct, StartMode.RESUME, 1000))
        .hasMessageContaining("backend.convolutions");
  }

  @Test
  void lossesFollowThoseOfDeeplearning4jLayerByLayer() throws IOException {
    Path chain = run("chain", YAML, StartMode.NEW, 1000);
    String stock = YAML.replace("accelerate: auto", "accelerate: off");
    Path layers = run("layers", stock, StartMode.NEW, 1000);
    assertThat(loss(chain)).isCloseTo(loss(layers), org.assertj.core.data.Offset.offset(2e-3));
  }

  /** Deeplearning4j's UI reads what its listener puts into a storage. */
  @Test
  void watchersSeeScoreParametersAndGradientAndTheChainStays() throws IOException {
    Path alone = run("alone", YAML, StartMode.NEW, 1000);
    InMemoryStatsStorage storage = new InMemoryStatsStorage();
    List<INDArray> gradients = new ArrayList<>();
    TrainingListener first = firstGradient(gradients);
    Path watched = watched("watched", YAML, List.of(new StatsListener(storage, 1), first));
    assertThat(Files.readString(watched.resolve("run.log"))).contains("gradient by one oneDNN");
    assertThat(SmallRuns.hash(watched)).isEqualTo(SmallRuns.hash(alone));
    String session = storage.listSessionIDs().get(0);
    List<Persistable> records = storage.getAllUpdatesAfter(session, StatsListener.TYPE_ID, 0);
    assertThat(records).hasSize(15);
    StatsReport last = (StatsReport) records.get(14);
    assertThat(last.getScore()).isPositive();
    assertThat(last.getMeanMagnitudes(StatsType.Parameters)).isNotEmpty();
    assertThat(last.getMeanMagnitudes(StatsType.Gradients)).isNotEmpty();

    String stock = YAML.replace("accelerate: auto", "accelerate: off");
    watched("layers", stock, List.of(firstGradient(gradients)));
    assertThat(gradients).hasSize(2);
    assertThat(Tolerance.maxRelDifference(gradients.get(0), gradients.get(1))).isLessThan(1e-4);
  }

  private static TrainingListener firstGradient(List<INDArray> gradients) {
    return new BaseTrainingListener() {
      private boolean heard;

      @Override
      public void onGradientCalculation(Model model) {
        if (!heard) {
          gradients.add(model.gradient().gradient().dup());
        }
        heard = true;
      }
    };
  }

  private Path watched(String name, String yaml, List<TrainingListener> watchers)
      throws IOException {
    Path folder = temp.resolve(name);
    TrainConfig config = ConfigFiles.parse("chain.yaml", yaml).withFolder(folder);
    Training.run(config, RunOptions.NEW.withWatchers(watchers), RunListener.SILENT);
    return folder;
  }

  @Test
  void bfloat16WithoutTheChainIsRefusedInOneLine() {
    String yaml = YAML.replace("accelerate: auto", "accelerate: off, precision: bf16");
    assertThatThrownBy(() -> run("refused", yaml, StartMode.NEW, 1000))
        .hasMessage("backend.precision: bf16 can't be used: backend.accelerate is off; use fp32");
  }

  private Path run(String name, String yaml, StartMode mode, int batches) throws IOException {
    Path folder = temp.resolve(name);
    TrainConfig config = ConfigFiles.parse("chain.yaml", yaml).withFolder(folder);
    RunOptions options = SmallRuns.stopAfter(batches, mode);
    Training.run(config, options, RunListener.SILENT);
    return folder;
  }

  /** Of the first epoch: five steps. */
  private static double loss(Path folder) throws IOException {
    String first = Files.readAllLines(folder.resolve("metrics.jsonl")).get(0);
    return Double.parseDouble(first.replaceAll(".*\"trainLoss\":([0-9.]+).*", "$1"));
  }
}
