package io.github.repvgg4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that the system cuts short: a limit on the size of files stands for a full disk. */
class FullDiskTest {

  @TempDir Path folder;

  @Test
  void cutWriteLeavesTheEarlierResultAndNothingHalfWritten() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs ulimit");
    Path model = Models.trainingZip(folder.resolve("model.zip"));
    Path out = Files.createDirectory(folder.resolve("out"));
    Path fast = Files.writeString(out.resolve("fast.zip"), "earlier");
    OtherJvm run =
        OtherJvm.run(
            folder,
            "ulimit -f 8;",
            OtherJvm.classPath(entry -> true),
            List.of(
                DeployMain.class.getName(),
                "convert",
                model.toString(),
                "-o",
                fast.toString(),
                "--force"));
    assertThat(run.exitCode()).as(run.output()).isEqualTo(1);
    assertThat(run.output().lines())
        .singleElement()
        .asString()
        .startsWith("error: " + fast + ": cannot be written: ");
    assertThat(Files.list(out)).containsExactly(fast);
    assertThat(fast).hasContent("earlier");
  }
}
