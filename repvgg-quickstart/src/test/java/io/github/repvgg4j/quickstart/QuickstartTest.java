package io.github.repvgg4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart in a process of its own, with a job of seconds. */
class QuickstartTest {

  private static final String JOB =
      """
      model:
        depths: [1, 1, 1, 1]
        widths: [4, 4, 4, 4, 8]
        strides: [1, 2, 2, 1, 1]
        input: [3, 16, 16]
      data: {generated: {trainPerClass: 4, testPerClass: 2, side: 16}}
      training: {epochs: 40, batchSize: 8, learningRate: 0.05}
      output: {folder: unused}
      """;

  @TempDir Path temp;

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
  void stopsWhenItIsToldToAndGoesOnWhenItIsStartedAgain() throws Exception {
    Files.createDirectories(temp.resolve("configs"));
    Files.writeString(temp.resolve("configs/quickstart.yaml"), JOB);
    Path run = temp.resolve("runs/quickstart");
    Path metrics = run.resolve("metrics.jsonl");

    Process first = start("first.txt");
    while (first.isAlive() && (!Files.exists(metrics) || Files.size(metrics) == 0)) {
      Thread.sleep(1);
    }
    first.destroy(); // SIGTERM
    assertThat(first.waitFor()).isEqualTo(143);
    assertThat(output("first.txt")).contains("stopped in epoch").doesNotContain("Convert:");
    assertThat(run.resolve("fast.zip")).doesNotExist();

    assertThat(start("second.txt").waitFor()).as(output("second.txt")).isZero();
    assertThat(output("second.txt")).contains("resumed in epoch").contains("All files are in");
    assertThat(output("second.txt").strip())
        .endsWith("bin/repvgg-serve " + Path.of("runs", "quickstart", "fast.zip"));
    assertThat(run.resolve("fast.zip")).exists();
    assertThat(Files.readAllLines(metrics)).hasSize(40);
  }

  private Process start(String output) throws IOException {
    return JavaProcess.of(Quickstart.class).in(temp).start(temp.resolve(output));
  }

  private String output(String name) throws IOException {
    return Files.readString(temp.resolve(name));
  }
}
