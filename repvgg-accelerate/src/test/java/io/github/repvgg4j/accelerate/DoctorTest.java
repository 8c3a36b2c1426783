package io.github.repvgg4j.accelerate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.accelerate.BackendStartup.ClassPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  @Test
  @DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
  void reportNamesBackendHelpersAndLimits() {
    String table = Doctor.examine().table();
    assertThat(table)
        .contains("CpuBackend", "-onednn", "2.5.2", "OneDnnConvolution", "OneDnnBatchNorm")
        .contains("-Xmx", "OpenMP", "nd4j-cuda on class path");
  }

  @Test
  void problemsComeWithAdvice() {
    DoctorReport report =
        new DoctorReport(
            List.of(new DoctorReport.Fact("cpu", "model", "x")),
            List.of(new DoctorReport.Problem("too slow", "buy a card")));
    assertThat(report.advice()).containsExactly("too slow: buy a card");
    assertThat(report.table()).endsWith("! too slow: buy a card\n");
  }

  @Test
  void containerLimitsAreReadFromControlGroups(@TempDir Path root) throws IOException {
    assertThat(ContainerLimits.read(root)).isEqualTo(new ContainerLimits("none", "none"));
    Files.writeString(root.resolve("cpu.max"), "150000 100000\n");
    Files.writeString(root.resolve("memory.max"), "4294967296\n");
    assertThat(ContainerLimits.read(root)).isEqualTo(new ContainerLimits("1.5", "4096 MB"));
    Files.writeString(root.resolve("cpu.max"), "max 100000\n");
    assertThat(ContainerLimits.read(root).cpus()).isEqualTo("none");
  }

  @Test
  void aFailingStartIsExplainedInOneLine() {
    Throwable failure = new ExceptionInInitializerError(new RuntimeException("no device\nmore"));
    assertThat(
            BackendStartup.explain(
                failure, new ClassPath(false, false, false), new CudaProbe.NoDriver()))
        .startsWith("backend: no ND4J backend on the class path");
    assertThat(
            BackendStartup.explain(
                failure, new ClassPath(true, false, false), new CudaProbe.NoDriver()))
        .startsWith("backend: nd4j-native can't start: no device. Its native libraries for ")
        .contains("missing from the class path")
        .doesNotContain("\n");
    assertThat(
            BackendStartup.explain(
                failure, new ClassPath(true, false, true), new CudaProbe.NoDriver()))
        .startsWith("backend: nd4j-native can't start: no device. Native libraries are unpacked")
        .contains("-Dorg.bytedeco.javacpp.cachedir=FOLDER")
        .doesNotContain("missing")
        .doesNotContain("\n");
    assertThat(ClassPath.current()).isEqualTo(new ClassPath(true, false, true));
  }
}
