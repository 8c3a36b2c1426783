package io.github.repvgg4j.deploy;

import io.github.repvgg4j.testkit.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One run of Java in a process of its own.
 *
 * @param exitCode of the process
 * @param output both streams
 */
record OtherJvm(int exitCode, String output) {

  /** Class path entries of this test run that pass the filter. */
  static String classPath(Predicate<Path> filter) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> filter.test(Path.of(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Whether a class path entry holds classes of this project. */
  static boolean isOurs(Path entry) {
    return Files.isDirectory(entry.resolve("io/github/repvgg4j"))
        || entry.getFileName().toString().startsWith("repvgg-");
  }

  /**
   * @param prefix shell words before the program, such as a limit; may be empty
   */
  static OtherJvm run(Path folder, String prefix, String classPath, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(JavaProcess.quiet());
    options.add("-Xmx512m");
    options.add("-XX:-UsePerfData");
    options.add("-Dorg.bytedeco.javacpp.maxbytes=1g");
    options.add("-cp");
    options.add(classPath);
    Path file = Files.write(folder.resolve("java.options"), options);
    Path log = folder.resolve("java.log");
    String command =
        prefix
            + " exec '"
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + "' '@"
            + file
            + "' "
            + arguments.stream().map(a -> "'" + a + "'").collect(Collectors.joining(" "));
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("no end after 3 minutes: " + command);
    }
    return new OtherJvm(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }
}
