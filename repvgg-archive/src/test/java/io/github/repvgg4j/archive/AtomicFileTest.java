package io.github.repvgg4j.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  private static final String FORCE = "jdk.FileForce";

  @TempDir Path temporaryFolder;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temporaryFolder.resolve("run"));
  }

  /** As the virtual machine's own recorder saw it. */
  @Test
  void contentIsOnTheDiskBeforeItHasItsNameAndTheNameAfterIt() throws IOException {
    Path target = folder.resolve("model.zip");
    List<String> forced = forced(() -> AtomicFile.write(target, new byte[] {1, 2, 3}));
    assertThat(forced).hasSize(2);
    assertThat(Path.of(forced.get(0)))
        .hasParentRaw(folder)
        .isNotEqualTo(target)
        .doesNotExist(); // renamed since
    assertThat(forced.get(1)).isEqualTo(folder.toString());
    assertThat(target).hasBinaryContent(new byte[] {1, 2, 3});
  }

  @Test
  void streamsAndZipsAndChecksummedFilesToo() throws IOException {
    List<String> forced =
        forced(
            () -> {
              AtomicFile.stream(folder.resolve("stream"), out -> out.write(1));
              AtomicZip.write(folder.resolve("zip"), zip -> zip.add("entry", new byte[1]));
              ChecksummedFile.write(folder.resolve("checked"), out -> out.writeInt(1));
            });
    assertThat(forced).hasSize(6);
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void linkStaysAndTheFileThatItLeadsToIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "before");
    Path link = Files.createSymbolicLink(temporaryFolder.resolve("link"), file);
    AtomicFile.write(link, new byte[] {'n', 'e', 'w'});
    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(file).hasContent("new");
  }

  /** A program that ends in the middle of a write which is part of another. */
  public static final class EndsEarly {
    private EndsEarly() {}

    public static void main(String[] args) throws IOException {
      AtomicFile.leaveNothingAtExit();
      AtomicFile.write(
          Path.of(args[0]),
          outer -> AtomicFile.write(outer, (Path inner) -> Runtime.getRuntime().exit(7)));
    }
  }

  @Test
  void programThatIsToldToEndLeavesNoTemporaryFile() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndsEarly.class.getName(),
                folder.resolve("model.zip").toString())
            .redirectErrorStream(true)
            .redirectOutput(temporaryFolder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(temporaryFolder.resolve("log"))).isEqualTo(7);
    assertThat(folder).isEmptyDirectory();
  }

  private interface Action {
    void run() throws IOException;
  }

  /** What was forced to the disk below the folder, oldest first. */
  private List<String> forced(Action action) throws IOException {
    Path file = temporaryFolder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(FORCE).withoutThreshold();
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(FORCE))
        .map(event -> event.getString("path"))
        .filter(path -> path.startsWith(folder.toString()))
        .toList();
  }
}
