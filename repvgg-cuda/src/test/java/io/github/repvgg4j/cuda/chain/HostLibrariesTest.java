package io.github.repvgg4j.cuda.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls of cuDNN and cuBLAS as they leave Java, without a card: {@code src/test/c/host_cuda.c}
 * stands in the libraries' place and computes what their documentation says. Needs profile cuda12
 * and gcc.
 */
@Tag("proof")
class HostLibrariesTest {

  private static final List<String> LIBRARIES =
      List.of(
          "libcuda.so.1",
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcudnn.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_adv.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_graph.so.9");

  @TempDir Path folder;

  @Test
  void theRealCallsGiveWhatTheJavaDeviceGives() throws IOException, InterruptedException {
    assumeTrue(
        getClass().getResource("/org/bytedeco/cuda/linux-x86_64/libjnicudnn.so") != null,
        "profile cuda12");
    build();
    JavaProcess.Result result =
        JavaProcess.of(TwoDevices.class).environment("LD_LIBRARY_PATH", folder.toString()).run();

    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> lines = result.out().lines().toList();
    assertThat(lines).anyMatch(line -> line.startsWith("device host memory in a card's place"));
    List<String[]> differences =
        lines.stream()
            .filter(line -> line.startsWith("gradient") || line.startsWith("steps"))
            .map(line -> line.split(" "))
            .toList();
    assertThat(differences).hasSize(8);
    assertThat(differences)
        .allSatisfy(cells -> assertThat(Double.parseDouble(cells[3])).isLessThan(1e-6));
    assertThat(lines).contains("leak 0");
  }

  private void build() throws IOException, InterruptedException {
    Path library = folder.resolve("libhost_cuda.so");
    Process gcc;
    try {
      gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O2",
                  "-shared",
                  "-fPIC",
                  "-fvisibility=hidden",
                  Path.of("src", "test", "c", "host_cuda.c").toString(),
                  "-lm",
                  "-o",
                  library.toString())
              .inheritIO()
              .start();
    } catch (IOException e) {
      assumeTrue(false, "gcc");
      return;
    }
    assertThat(gcc.waitFor()).isZero();
    for (String name : LIBRARIES) {
      Files.createSymbolicLink(folder.resolve(name), library);
    }
  }
}
