package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.testkit.HostileFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileFilesTest {

  private static final long LIMIT = 200L << 20;

  @TempDir Path folder;

  @Test
  void eachIsRefusedInOneLineWithoutRunningAnythingOrTakingMemory() throws Exception {
    Path marker = folder.resolve("executed");
    Map<String, byte[]> files = HostileFiles.all(marker);
    assertThat(files).hasSizeGreaterThan(170);
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      Path file = folder.resolve(entry.getKey());
      Files.write(file, entry.getValue());
      long before = allocated();
      Throwable thrown = catchThrowable(() -> readAll(file));
      long taken = allocated() - before;
      assertThat(thrown).as(entry.getKey()).isInstanceOf(ArchiveException.class);
      assertThat(thrown.getMessage())
          .as(entry.getKey())
          .startsWith(file + ": ")
          .doesNotContain("\n")
          .hasSizeLessThan(file.toString().length() + 400);
      assertThat(taken).as("bytes allocated by " + entry.getKey()).isLessThan(LIMIT);
    }
    assertThat(marker).doesNotExist();
  }

  private static void readAll(Path file) throws Exception {
    for (Tensor tensor : WeightFiles.load(file).tensors().values()) {
      tensor.floats();
    }
  }

  /** Everything this thread ever allocated, so also what was freed in between. */
  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
