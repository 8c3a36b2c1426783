package io.github.repvgg4j.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A class's {@code main} in a process of its own, on another machine as it were. */
public final class JavaProcess {

  private String classPath = System.getProperty("java.class.path");
  private final String mainClass;
  private final List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
  private final Map<String, String> environment = new TreeMap<>();
  private Path folder = Path.of("");
  private String java = System.getProperty("java.home") + "/bin/java";

  private JavaProcess(String mainClass) {
    this.mainClass = mainClass;
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
  }

  /**
   * How a process ended.
   *
   * @param exitCode of the process
   * @param out standard output, read as UTF-8
   * @param err standard error, read as UTF-8
   */
  public record Result(int exitCode, String out, String err) {}

  /** In the locale C.UTF-8 until told otherwise. */
  public static JavaProcess of(Class<?> mainClass) {
    return new JavaProcess(mainClass.getName());
  }

  /** What keeps a newer JDK from warning on standard error, as the launchers say it. */
  public static List<String> quiet() {
    int version = Runtime.version().feature();
    List<String> options = new ArrayList<>();
    if (version >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (version >= 23) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    return options;
  }

  /** An option of the JVM. */
  public JavaProcess option(String option) {
    options.add(option);
    return this;
  }

  /** Instead of this process's. */
  public JavaProcess classPath(String newClassPath) {
    classPath = newClassPath;
    return this;
  }

  /** A variable of the environment; null takes it away. */
  public JavaProcess environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** The working folder. */
  public JavaProcess in(Path newFolder) {
    folder = newFolder;
    return this;
  }

  /** Another JDK. */
  public JavaProcess jdk(Path home) {
    java = home.resolve("bin/java").toString();
    return this;
  }

  /** Runs it to its end. */
  public Result run(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile("process", ".out");
    Path err = Files.createTempFile("process", ".err");
    try {
      ProcessBuilder builder =
          builder(arguments).redirectOutput(out.toFile()).redirectError(err.toFile());
      int exitCode = builder.start().waitFor();
      return new Result(exitCode, text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Starts it; both its streams are appended to a file. */
  public Process start(Path output, String... arguments) throws IOException {
    return builder(arguments)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(quiet());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile());
    builder.environment().remove("LANG");
    environment.forEach(
        (name, value) -> {
          if (value == null) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    return builder;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
