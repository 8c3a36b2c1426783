package io.github.repvgg4j.runtime;

import io.github.repvgg4j.testkit.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A JVM whose class path is what a service that only answers has: this module and what it needs, no
 * ND4J, no Deeplearning4j.
 */
final class OwnProcess {

  private static final List<String> NEEDED =
      List.of(
          "repvgg-archive",
          "repvgg-data",
          "repvgg-onednn",
          "repvgg-runtime",
          "/dnnl",
          "/opencl",
          "/javacpp",
          "/fasterxml/",
          "/slf4j-api",
          "/opencv",
          "/openblas");

  private OwnProcess() {}

  static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> NEEDED.stream().anyMatch(entry.replace('\\', '/')::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Runs a program to its end; its lines. */
  static List<String> run(
      List<String> prefix,
      List<String> jvmOptions,
      Map<String, String> environment,
      Class<?> program,
      Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add(String.join(File.separator, System.getProperty("java.home"), "bin", "java"));
    command.addAll(JavaProcess.quiet());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath(), program.getName()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("OMP_NUM_THREADS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join("\n", lines));
    }
    return lines;
  }
}
