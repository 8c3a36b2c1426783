package io.github.repvgg4j.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.train.run.RunFolder.StartMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose files stand in a run's folder, at each step of the way. */
class RunFolderTest {

  @TempDir Path temp;
  private Path run;

  @BeforeEach
  void place() {
    run = temp.resolve("run");
  }

  @Test
  void oneProgramAtATimeHoldsTheFolder() throws IOException {
    try (RunFolder first = claim(StartMode.NEW)) {
      assertThat(first.isWaiting()).isFalse();
      assertThatThrownBy(() -> claim(StartMode.NEW))
          .isInstanceOf(RunRefusedException.class)
          .hasMessageContaining("another program is training in this folder (process ")
          .hasMessageContaining("give another output.folder");
    }
    claim(StartMode.NEW).close();
  }

  @Test
  void lockFileOfADeadProcessBlocksNobody() throws IOException {
    Files.createDirectories(run);
    Files.writeString(run.resolve(FolderLock.NAME), "1234567");
    claim(StartMode.NEW).close();
  }

  @Test
  void earlierRunStaysWholeUntilTheNewOneHasAModel() throws IOException {
    Map<String, String> earlier = earlierRun();
    try (RunFolder folder = claim(StartMode.OVERWRITE)) {
      folder.writeConfig("new: 1\n");
      write(folder.checkpoints().resolve("epoch-00001-batch-0000000.ckpt"), "new");
      folder.publish();
      assertThat(folder.isWaiting()).isTrue();
      assertThat(visible(run)).isEqualTo(earlier);

      write(folder.model(), "new");
      folder.publish();
      assertThat(folder.isWaiting()).isFalse();
      assertThat(folder.model()).isEqualTo(run.resolve("model.zip"));
    }
    Map<String, String> now = visible(run);
    assertThat(now.remove("config.yaml")).endsWith("new: 1\n");
    assertThat(now)
        .isEqualTo(
            Map.of(
                "model.zip", "new",
                "checkpoints/epoch-00001-batch-0000000.ckpt", "new",
                "notes.txt", "mine",
                "fast.zip", "mine",
                "checkpoints/mine.txt", "mine"));
  }

  @Test
  void newRunThatCameToNothingLeavesNoTrace() throws IOException {
    Map<String, String> earlier = earlierRun();
    try (RunFolder folder = claim(StartMode.OVERWRITE)) {
      folder.writeConfig("new: 1\n");
    }
    assertThat(visible(run)).isEqualTo(earlier);
    assertThat(run.resolve(".new")).doesNotExist();
  }

  @Test
  void replacementThatWasCutOffAnywhereIsCompleted() throws IOException {
    for (int moved = 0; moved <= 3; moved++) {
      run = temp.resolve("run-" + moved);
      earlierRun();
      Path replacing = Files.createDirectories(run.resolve(".replacing"));
      write(replacing.resolve("config.yaml"), "new");
      write(replacing.resolve("model.zip"), "new");
      write(replacing.resolve("checkpoints/epoch-00001-batch-0000000.ckpt"), "new");
      if (moved > 0) { // as far as the process came before it died
        new RunFiles(run).delete();
        Files.createFile(replacing.resolve(".cleared"));
      }
      for (String name : List.of("config.yaml", "model.zip").subList(0, moved / 2)) {
        Files.move(replacing.resolve(name), run.resolve(name));
      }
      claim(StartMode.RESUME).close();
      assertThat(visible(run))
          .as("after %d steps", moved)
          .isEqualTo(
              Map.of(
                  "config.yaml", "new",
                  "model.zip", "new",
                  "checkpoints/epoch-00001-batch-0000000.ckpt", "new",
                  "notes.txt", "mine",
                  "fast.zip", "mine",
                  "checkpoints/mine.txt", "mine"));
    }
  }

  /** The last file was deleted, the folder was not: somebody looked at it, or the power went. */
  @Test
  void emptyRestOfAReplacementTakesNothingWithIt() throws IOException {
    earlierRun();
    Map<String, String> whole = visible(run);
    Files.createDirectories(run.resolve(".replacing/checkpoints"));
    claim(StartMode.RESUME).close();
    assertThat(visible(run)).isEqualTo(whole);
    assertThat(run.resolve(".replacing")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.json",
        "metrics.csv",
        "report.html",
        "curves.png",
        "model.zip",
        "model-raw.zip",
        "result.json",
        "checkpoints/epoch-00009-batch-0000000.ckpt"
      })
  void filesOfOnesOwnWithTheNamesOfARunsAreNeverReplaced(String name) throws IOException {
    write(run.resolve(name), "mine");
    for (StartMode mode : List.of(StartMode.NEW, StartMode.OVERWRITE)) {
      assertThatThrownBy(() -> claim(mode))
          .isInstanceOf(RunRefusedException.class)
          .hasMessageContaining(run.resolve(name) + ": was not written by a run");
    }
    assertThat(run.resolve(name)).hasContent("mine");
  }

  /** Another program's checkpoints, or what a shell writes to {@code run.log}. */
  @ParameterizedTest
  @ValueSource(strings = {"checkpoints/best.ckpt", "checkpoints/epoch=9-step=90.ckpt", "run.log"})
  void filesOfOnesOwnBesideARunsStay(String name) throws IOException {
    write(run.resolve(name), "mine");
    claim(StartMode.NEW).close();
    claim(StartMode.OVERWRITE).close();
    assertThat(run.resolve(name)).hasContent("mine");
  }

  @Test
  void resultsBesideAConfigurationOfOnesOwnAreNeverReplaced() throws IOException {
    write(run.resolve("config.yaml"), "mine: 1\n");
    write(run.resolve("model.zip"), "mine");
    assertThatThrownBy(() -> claim(StartMode.OVERWRITE))
        .hasMessageContaining("model.zip: was not written by a run");
    assertThat(visible(run)).isEqualTo(Map.of("config.yaml", "mine: 1\n", "model.zip", "mine"));
  }

  @Test
  void configurationOfOnesOwnIsNeverReplaced() throws IOException {
    write(run.resolve("config.yaml"), "mine: 1\n");
    assertThatThrownBy(() -> claim(StartMode.NEW))
        .hasMessageContaining("config.yaml: was not written by a run");
    claim(StartMode.OVERWRITE).close();
    assertThat(run.resolve("config.yaml.bak")).hasContent("mine: 1\n");
  }

  @Test
  void startThatDiedBeforeItsFirstCheckpointIsNoRun() throws IOException {
    try (RunFolder folder = claim(StartMode.NEW)) {
      folder.writeConfig("first: 1\n");
      write(run.resolve(".model.zip.0b5c.tmp"), "half written");
    }
    claim(StartMode.NEW).close();
    assertThat(visible(run)).isEmpty();
    assertThat(run.resolve(".model.zip.0b5c.tmp")).doesNotExist();
  }

  private RunFolder claim(StartMode mode) throws IOException {
    return RunFolder.claim(run, mode, "configuration");
  }

  private Map<String, String> earlierRun() throws IOException {
    for (String name :
        java.util.List.of(
            "model.zip",
            "result.json",
            "metrics.jsonl",
            "metrics.csv",
            RunFiles.EVENTS,
            "run.log",
            "curves.png")) {
      write(run.resolve(name), "earlier");
    }
    write(run.resolve("config.yaml"), RunFiles.CONFIG_HEADER + "\nearlier");
    write(run.resolve("checkpoints/epoch-00009-batch-0000000.ckpt"), "earlier");
    write(run.resolve("notes.txt"), "mine");
    write(run.resolve("fast.zip"), "mine");
    write(run.resolve("checkpoints/mine.txt"), "mine");
    return visible(run);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Map<String, String> visible(Path folder) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString();
        if (!name.startsWith(".")) {
          content.put(name, Files.readString(file));
        }
      }
    }
    return content;
  }
}
