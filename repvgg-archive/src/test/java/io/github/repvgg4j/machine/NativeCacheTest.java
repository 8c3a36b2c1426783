package io.github.repvgg4j.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.machine.NativeCache.Candidate;
import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.testkit.JavaProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {

  @TempDir Path temp;

  @Test
  void aFolderIsTriedBeforeItIsTaken() throws IOException {
    assertThat(new Candidate(temp.resolve("new/cache"), true).fault()).isEmpty();
    assertThat(temp.resolve("new/cache")).isEmptyDirectory();
    Path file = Files.writeString(temp.resolve("file"), "");
    assertThat(new Candidate(file, false).fault()).isPresent();
    assertThat(new Candidate(file.resolve("below"), false).fault()).isPresent();
  }

  /** Several programs that start at once each try the folder with a file of their own. */
  @Test
  void filesMayComeAndGoMeanwhile() throws Exception {
    Candidate candidate = new Candidate(temp, false);
    Files.write(temp.resolve("kept.so"), new byte[1000]);
    AtomicBoolean done = new AtomicBoolean();
    Thread others =
        new Thread(
            () -> {
              while (!done.get()) {
                candidate.fault();
              }
            });
    others.start();
    try {
      for (int i = 0; i < 2000; i++) {
        assertThat(candidate.unpacked()).isEqualTo(1000);
      }
    } finally {
      done.set(true);
      others.join();
    }
  }

  @Test
  void withoutAHomeTheFolderForTemporaryFilesIsTakenAndTheLogSaysSo() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "");
    Result home = process(file).option("-Djava.io.tmpdir=" + temp).option("-Duser.name=me").run();
    Path taken = temp.resolve(".javacpp-me/cache");
    assertThat(home.out())
        .contains("native libraries are unpacked in " + taken + ": not in " + file)
        .endsWith("\n" + taken + "\n");
    Result named =
        process(temp).option("-Dorg.bytedeco.javacpp.cachedir=" + temp.resolve("named")).run();
    assertThat(named.out()).isEqualTo(temp.resolve("named") + "\n");
  }

  @Test
  void aUserWithoutAnEntryHasTheHomeOfTheEnvironment() throws Exception {
    Result result =
        process(Path.of("?")).environment("HOME", temp.resolve("home").toString()).run();
    assertThat(result.out()).isEqualTo(temp.resolve("home/.javacpp/cache") + "\n");
    assertThat(temp.resolve("?")).doesNotExist();
  }

  private JavaProcess process(Path home) {
    return JavaProcess.of(Program.class).in(temp).option("-Duser.home=" + home);
  }

  /** Prints the folder taken. */
  static final class Program {

    public static void main(String[] arguments) throws IOException {
      NativeCache.prepare();
      Console.out().println(System.getProperty(NativeCache.PROPERTY));
    }
  }
}
