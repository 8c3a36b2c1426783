package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.cuda.CudaDevices;
import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs whose steps are a card's, with plain Java in the card's place. */
class CardTrainingTest {

  private static final String YAML =
      SmallRuns.YAML
          .replace("widths: [4, 4, 4, 4, 8]", "widths: [8, 8, 8, 8, 8]")
          .replace("batchSize: 8", "batchSize: 8\n  checkpointMinutes: 1e-4")
          .replace("accelerate: off", "device: cuda, accelerate: off");

  @TempDir Path temp;

  @AfterEach
  void noDevice() {
    System.clearProperty(CudaDevices.PROPERTY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp32", "bf16"})
  void aRunThatIsKilledGoesOnToTheSameBits(String precision) throws Exception {
    String yaml = YAML.replace("device: cuda", "device: cuda, precision: " + precision);
    System.setProperty(CudaDevices.PROPERTY, "java");
    Path whole = run("whole", yaml);
    assertThat(Files.readString(whole.resolve("run.log")))
        .contains("steps on plain Java in a CUDA card's place");
    Path killed = temp.resolve("killed");
    Path job = temp.resolve("job.yaml");
    Files.writeString(
        job, ConfigFiles.write(ConfigFiles.parse("card.yaml", yaml).withFolder(killed)));
    Process process = start(job, "-v");
    while (process.isAlive() && !hasCheckpoint(killed)) {
      Thread.sleep(1);
    }
    assertThat(process.isAlive()).as(Files.readString(temp.resolve("out.txt"))).isTrue();
    process.destroyForcibly().waitFor();
    assertThat(start(job, "--resume").waitFor()).isZero();
    assertThat(SmallRuns.hash(killed)).isEqualTo(SmallRuns.hash(whole));
    assertThat(killed.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
    assertThat(SmallRuns.metrics(killed)).isEqualTo(SmallRuns.metrics(whole));
  }

  @Test
  void lossesFollowThoseOfTheCpu() throws IOException {
    System.setProperty(CudaDevices.PROPERTY, "java");
    Path card = run("card", YAML);
    Path cpu = run("cpu", YAML.replace("device: cuda", "device: cpu"));
    assertThat(loss(card)).isCloseTo(loss(cpu), within(2e-3));
  }

  @Test
  void withoutACardOneLineSaysWhy() {
    assertThatThrownBy(() -> run("refused", YAML))
        .hasMessageStartingWith("backend.device: cuda can't be used: ")
        .hasMessageMatching("[^\n]*(-Pcuda12|card|driver)[^\n]*");
  }

  @Test
  void whatACardDoesNotKnowIsRefusedByName() {
    System.setProperty(CudaDevices.PROPERTY, "java");
    String yaml = YAML.replace("batchSize: 8", "batchSize: 8\n  optimizer: {type: adamw}");
    assertThatThrownBy(() -> run("refused", yaml))
        .hasMessage(
            "backend.device: cuda can't be used: cards make steps of SGD only, not of"
                + " training.optimizer");
  }

  private Process start(Path job, String option) throws IOException {
    return JavaProcess.of(TrainMain.class)
        .option("-D" + CudaDevices.PROPERTY + "=java")
        .start(temp.resolve("out.txt"), job.toString(), option);
  }

  private Path run(String name, String yaml) throws IOException {
    Path folder = temp.resolve(name);
    TrainConfig config = ConfigFiles.parse("card.yaml", yaml).withFolder(folder);
    Training.run(config, RunListener.SILENT);
    return folder;
  }

  private static boolean hasCheckpoint(Path folder) throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return false;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.anyMatch(file -> file.toString().endsWith(".ckpt"));
    }
  }

  /** Of the first epoch: five steps. */
  private static double loss(Path folder) throws IOException {
    String first = Files.readAllLines(folder.resolve("metrics.jsonl")).get(0);
    return Double.parseDouble(first.replaceAll(".*\"trainLoss\":([0-9.]+).*", "$1"));
  }
}
