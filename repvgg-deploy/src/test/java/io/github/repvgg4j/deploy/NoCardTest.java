package io.github.repvgg4j.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A build for CUDA whose backend does not start, beside that of the CPU. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "nvidia-smi is a shell script here")
class NoCardTest {

  private static final String BACKEND =
      """
      package org.nd4j.linalg.jcublas;

      public class JCublasBackend extends org.nd4j.linalg.factory.Nd4jBackend {
        @Override public boolean isAvailable() {
          Error hidden = new UnsatisfiedLinkError("libcudnn.so.8: cannot open shared object file");
          hidden.printStackTrace();
          throw new RuntimeException(hidden);
        }
        @Override public boolean canRun() { return isAvailable(); }
        @Override public boolean allowsOrder() { return false; }
        @Override public int getPriority() { return BACKEND_PRIORITY_GPU; }
        @Override public org.nd4j.common.io.Resource getConfigurationResource() { return null; }
        @Override public Class getNDArrayClass() { return null; }
        @Override public org.nd4j.linalg.factory.Environment getEnvironment() { return null; }
        @Override public String buildInfo() { return ""; }
        @Override public void logBackendInit() {}
      }
      """;

  @TempDir Path folder;
  private Path classes;

  @BeforeEach
  void aBuildForCuda() throws IOException {
    classes = Files.createDirectories(folder.resolve("classes"));
    Path source = Files.writeString(folder.resolve("JCublasBackend.java"), BACKEND);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(compiled).isZero();
    Path service = classes.resolve("META-INF/services/org.nd4j.linalg.factory.Nd4jBackend");
    Files.createDirectories(service.getParent());
    Files.writeString(service, "org.nd4j.linalg.jcublas.JCublasBackend\n");
    Path smi = Files.createDirectories(folder.resolve("bin")).resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\necho Failed to initialize NVML\nexit 9\n");
    assertThat(smi.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void whatComputesNothingRunsAndTheRestSaysWhyNot() throws Exception {
    Path fast = Models.fastZip(folder);
    for (OtherJvm run : List.of(run("", "variants"), run("", "inspect", fast.toString()))) {
      assertThat(run.exitCode()).as(run.output()).isZero();
      assertThat(run.output()).doesNotContain("UnsatisfiedLinkError", "\tat ");
    }
    OtherJvm doctor = run("", "doctor");
    assertThat(doctor.exitCode()).isZero();
    assertThat(doctor.output())
        .contains("CpuBackend", "nvidia-smi failed: Failed to initialize NVML (exit code 9)")
        .contains("! CUDA does not run: backend: nd4j-cuda can't start")
        .contains("libcudnn.so.8", "-Pcuda,cuda-redist");
    OtherJvm verify = run("", "verify", fast.toString());
    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.output().lines())
        .singleElement()
        .asString()
        .startsWith("error: backend: nd4j-cuda can't start (java.lang.UnsatisfiedLinkError: lib")
        .contains("nvidia-smi failed", "-Pcuda,cuda-redist", "BACKEND_PRIORITY_CPU=200");
    OtherJvm onCpu = run("BACKEND_PRIORITY_CPU=200", "verify", fast.toString());
    assertThat(onCpu.exitCode()).as(onCpu.output()).isZero();
  }

  private OtherJvm run(String environment, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(DeployMain.class.getName()));
    all.addAll(List.of(arguments));
    return OtherJvm.run(
        folder,
        environment + " PATH='" + folder.resolve("bin") + "':\"$PATH\"",
        classes + File.pathSeparator + OtherJvm.classPath(entry -> true),
        all);
  }
}
