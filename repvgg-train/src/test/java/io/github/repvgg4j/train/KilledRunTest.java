package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at random points, each part in a JVM of its own; the bits of a run that never stopped.
 */
class KilledRunTest {

  private static final int EPOCHS = 12;
  private static final int KILLS = 5;
  private static final int MAX_MILLIS = 15;

  @TempDir Path temp;

  @Test
  void runKilledAtFivePointsHasTheBitsOfTheWholeOne() throws Exception {
    assertThat(killAndCompare(1, whole())).as("kills").isPositive();
  }

  @Test
  @Tag("proof")
  void runsKilledAtAHundredPointsHaveTheBitsOfTheWholeOne() throws Exception {
    Path whole = whole();
    int kills = 0;
    for (int seed = 1; kills < 100; seed++) {
      kills += killAndCompare(seed, whole);
    }
  }

  private Path whole() throws IOException {
    Path whole = temp.resolve("whole");
    Training.run(config(whole), RunListener.SILENT);
    return whole;
  }

  /** How often it was killed: less than asked where a part came to its end first. */
  private int killAndCompare(int seed, Path whole) throws Exception {
    Random random = new Random(seed);
    Path folder = temp.resolve("killed-" + seed);
    Path job = Files.writeString(temp.resolve(seed + ".yaml"), ConfigFiles.write(config(folder)));
    List<String> points = new ArrayList<>();
    int epoch = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      epoch += 1 + random.nextInt(2);
      int millis = random.nextInt(MAX_MILLIS);
      Process process = start(job, kill > 0 ? "--resume" : "-v");
      while (process.isAlive() && epochs(folder) < epoch) {
        Thread.sleep(1);
      }
      Thread.sleep(millis);
      if (!process.isAlive()) {
        break;
      }
      process.destroyForcibly().waitFor();
      points.add("epoch " + epoch + " + " + millis + " ms");
      epoch = epochs(folder);
    }
    System.out.println("killed (seed " + seed + "): " + points);
    assertThat(start(job, "--resume").waitFor()).as("end of the last part").isZero();
    assertThat(SmallRuns.hash(folder)).as("seed %d", seed).isEqualTo(SmallRuns.hash(whole));
    assertThat(folder.resolve("model.zip")).hasSameBinaryContentAs(whole.resolve("model.zip"));
    assertThat(SmallRuns.metrics(folder)).isEqualTo(SmallRuns.metrics(whole));
    return points.size();
  }

  private Process start(Path job, String option) throws IOException {
    return JavaProcess.of(TrainMain.class).start(temp.resolve("out.txt"), job.toString(), option);
  }

  private static TrainConfig config(Path folder) {
    String yaml =
        SmallRuns.YAML.replace("epochs: 3", "epochs: " + EPOCHS + "\n  checkpointMinutes: 1e-4");
    return ConfigFiles.parse("small.yaml", yaml).withFolder(folder);
  }

  /** Whole epochs by the name of the newest checkpoint; 0 where there is none. */
  private static int epochs(Path folder) throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".ckpt"))
          .mapToInt(name -> Integer.parseInt(name.substring("epoch-".length(), 11)))
          .max()
          .orElse(0);
    }
  }
}
