package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void bfloat16WithoutTheChainIsRefusedInOneLine() {
    String yaml = YAML.replace("accelerate: auto", "accelerate: off, precision: bf16");
    assertThatThrownBy(() -> run("refused", yaml, StartMode.NEW, 1000))
        .hasMessage("backend.precision: bf16 can't be used: backend.accelerate is off; use fp32");
  }

  private Path run(String name, String yaml, StartMode mode, int batches) throws IOException {
    Path folder = temp.resolve(name);
    TrainConfig config = ConfigFiles.parse("chain.yaml", yaml).withFolder(folder);
    AtomicInteger left = new AtomicInteger(batches);
    RunOptions options = RunOptions.of(mode).withStop(() -> left.decrementAndGet() <= 0);
    Training.run(config, options, RunListener.SILENT);
    return folder;
  }

  /** Of the first epoch: five steps. */
  private static double loss(Path folder) throws IOException {
    String first = Files.readAllLines(folder.resolve("metrics.jsonl")).get(0);
    return Double.parseDouble(first.replaceAll(".*\"trainLoss\":([0-9.]+).*", "$1"));
  }
}
