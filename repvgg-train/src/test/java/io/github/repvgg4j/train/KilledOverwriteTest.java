package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at random points of a start: the folder holds the earlier run whole, or the new one,
 * which goes on to the bits of a run that was never killed.
 */
class KilledOverwriteTest {

  private static final List<String> OWN =
      List.of("config.yaml", "data.json", "metrics.jsonl", "model.zip", "model-raw.zip");

  /** What is waited for before the random time begins. */
  private static final List<String> SIGNS =
      List.of("config.yaml", "checkpoints", "model.zip", "metrics.jsonl");

  private static final int MAX_MILLIS = 60;

  /** What a killed start left. */
  private enum Left {
    EARLIER_RUN,
    NEW_RUN,
    NOTHING,
    FINISHED
  }

  @TempDir Path temp;

  @Test
  void startsKilledAtFourPointsLoseNothing() throws Exception {
    System.out.println(kill(new Random(1), 4));
  }

  @Test
  @Tag("proof")
  void startsKilledAtAHundredPointsLoseNothing() throws Exception {
    Map<Left, Integer> left = kill(new Random(2), 100);
    System.out.println(left);
    assertThat(left).containsKeys(Left.EARLIER_RUN, Left.NEW_RUN);
  }

  private Map<Left, Integer> kill(Random random, int kills) throws Exception {
    Path earlier = temp.resolve("earlier");
    Training.run(SmallRuns.config(earlier), RunListener.SILENT);
    Path whole = temp.resolve("whole");
    Training.run(longer(whole), RunListener.SILENT);
    Map<Left, Integer> left = new EnumMap<>(Left.class);
    for (int kill = 0; kill < kills; kill++) {
      Path run = temp.resolve("run-" + kill);
      boolean first = kill % 4 == 3;
      if (!first) {
        copy(earlier, run);
      }
      left.merge(killOne(random, run, first ? null : earlier, whole), 1, Integer::sum);
    }
    return left;
  }

  private Left killOne(Random random, Path run, Path earlier, Path whole) throws Exception {
    Path job = Files.writeString(temp.resolve("job.yaml"), ConfigFiles.write(longer(run)));
    Process process = start(job, earlier == null ? "-v" : "--overwrite");
    Path files = earlier == null ? run : run.resolve(".new");
    String sign = SIGNS.get(random.nextInt(SIGNS.size()));
    while (process.isAlive() && !Files.exists(files.resolve(sign))) {
      Thread.sleep(1);
    }
    int millis = random.nextInt(MAX_MILLIS);
    Thread.sleep(millis);
    process.destroyForcibly().waitFor();

    Left left = left(run, earlier);
    StartMode mode =
        left == Left.FINISHED || Training.isUnfinished(longer(run))
            ? StartMode.RESUME
            : left == Left.EARLIER_RUN ? StartMode.OVERWRITE : StartMode.NEW;
    String point =
        run.getFileName() + " killed " + millis + " ms after " + sign + ", " + left + ", " + mode;
    System.out.println(point);
    Training.run(longer(run), RunOptions.of(mode), RunListener.SILENT);
    assertThat(SmallRuns.hash(run)).as(point).isEqualTo(SmallRuns.hash(whole));
    assertThat(run.resolve("model.zip"))
        .as(point)
        .hasSameBinaryContentAs(whole.resolve("model.zip"));
    assertThat(SmallRuns.metrics(run)).as(point).isEqualTo(SmallRuns.metrics(whole));
    assertThat(run.resolve(".new")).as(point).doesNotExist();
    assertThat(run.resolve(".replacing")).as(point).doesNotExist();
    try (Stream<Path> rest = Files.walk(run)) {
      assertThat(rest).as(point).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
    return left;
  }

  private static Left left(Path run, Path earlier) throws IOException {
    if (earlier != null && own(run).equals(own(earlier))) {
      return Left.EARLIER_RUN;
    }
    if (Training.isUnfinished(longer(run))) {
      return Left.NEW_RUN;
    }
    return Files.exists(run.resolve("result.json")) ? Left.FINISHED : Left.NOTHING;
  }

  private static Map<String, String> own(Path run) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (String name : OWN) {
      Path file = run.resolve(name);
      hashes.put(name, Files.exists(file) ? Sha256.of(file) : "");
    }
    return hashes;
  }

  private Process start(Path job, String option) throws IOException {
    return JavaProcess.of(TrainMain.class).start(temp.resolve("out.txt"), job.toString(), option);
  }

  /** Another job than the earlier run's, of about a second. */
  private static TrainConfig longer(Path folder) {
    String yaml =
        SmallRuns.YAML.replace("epochs: 3", "epochs: 8\n  checkpointMinutes: 1e-4\n  seed: 9");
    return ConfigFiles.parse("longer.yaml", yaml).withFolder(folder);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
