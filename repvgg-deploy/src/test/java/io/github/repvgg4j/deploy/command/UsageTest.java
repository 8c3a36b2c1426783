package io.github.repvgg4j.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTest {

  @TempDir Path folder;

  @Test
  void helpListsTheCommandsAndExitCodes() {
    Cli run = Cli.run("--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("inspect").contains("Exit codes:").contains("2   wrong usage");
    assertThat(Cli.run("inspect", "--help").out()).contains("MODEL.zip");
    assertThat(Cli.run("--version").out()).containsPattern("repvgg-deploy \\d+\\.\\d+");
  }

  @Test
  void wrongUsageIsOneLineAndTwo() {
    assertThat(Cli.run("inspct")).satisfies(UsageTest::wrong);
    assertThat(Cli.run("inspect")).satisfies(UsageTest::wrong);
    assertThat(Cli.run("inspect", "a.zip", "--jsn")).satisfies(UsageTest::wrong);
    assertThat(Cli.run("inspect", "a.zip", "--input", "3,x,2")).satisfies(UsageTest::wrong);
    assertThat(Cli.run().exitCode()).isEqualTo(2);
  }

  private static void wrong(Cli run) {
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("error: ").contains("--help");
  }

  @Test
  void failureIsOneLineAndVerboseAddsTheTrace() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "hello");
    Cli run = Cli.run("inspect", text);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("error: " + text + ": not a model zip");
    assertThat(Cli.run("inspect", text, "--verbose").err()).contains("\tat io.github.repvgg4j");
  }

  @Test
  void doctorNamesTheBackend() {
    Cli run = Cli.run("doctor");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("backend").contains("CpuBackend");
  }
}
