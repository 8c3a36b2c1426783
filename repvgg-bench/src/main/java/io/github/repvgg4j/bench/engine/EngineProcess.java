package io.github.repvgg4j.bench.engine;

import io.github.repvgg4j.bench.engine.Workload.Form;
import io.github.repvgg4j.bench.measure.ArithmeticPeak;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A Java process that runs one engine and nothing else, so that its start and its memory are that
 * engine's.
 *
 * @param engine as {@link Engines} names it
 * @param file that the engine opens
 * @param variant name of the network
 */
public record EngineProcess(
    String engine,
    ArithmeticPeak.Type precision,
    Form form,
    Path file,
    String variant,
    int resolution,
    int batch) {

  static final String MARK = "measured ";

  /** Parts of paths on the class path of a service. */
  private static final List<String> SERVICE =
      List.of(
          "repvgg-bench",
          "repvgg-runtime",
          "repvgg-archive",
          "repvgg-data",
          "repvgg-onednn",
          "/bytedeco/dnnl",
          "/bytedeco/opencl",
          "/bytedeco/javacpp",
          "/fasterxml/jackson",
          "/slf4j-api");

  /**
   * @param firstAnswerMillis from the start of the JVM
   * @param peakMemoryMb most that was resident, the JVM included, when two batches are answered
   */
  public record Measured(double firstAnswerMillis, long peakMemoryMb) {

    String line() {
      return MARK + firstAnswerMillis + " " + peakMemoryMb;
    }

    private static Measured parse(String line) {
      String[] words = line.split(" ");
      return new Measured(Double.parseDouble(words[1]), Long.parseLong(words[2]));
    }
  }

  static EngineProcess ofArguments(String[] arguments) {
    return new EngineProcess(
        arguments[0],
        ArithmeticPeak.Type.valueOf(arguments[1]),
        Form.valueOf(arguments[2]),
        Path.of(arguments[3]),
        arguments[4],
        Integer.parseInt(arguments[5]),
        Integer.parseInt(arguments[6]));
  }

  private List<String> arguments() {
    return List.of(
        engine,
        precision.name(),
        form.name(),
        file.toString(),
        variant,
        Integer.toString(resolution),
        Integer.toString(batch));
  }

  /** Starts it and waits for its end. */
  public Measured run(List<String> jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(String.join(File.separator, System.getProperty("java.home"), "bin", "java"));
    command.addAll(jvmOptions);
    command.add((isService() ? FastService.class : OneEngine.class).getName());
    command.addAll(arguments());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Not as an option: ONNX Runtime 1.29 crashes where the command line is longer than 4 KB.
    builder.environment().put("CLASSPATH", isService() ? serviceClassPath() : classPath());
    try {
      Process process = builder.start();
      List<String> lines = process.inputReader().lines().toList();
      int exitCode = process.waitFor();
      return lines.stream()
          .filter(line -> line.startsWith(MARK))
          .findFirst()
          .map(Measured::parse)
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      String.format(
                          Locale.ROOT,
                          "%s: its process ended with code %d and no answer: %s",
                          arguments(),
                          exitCode,
                          String.join(" | ", lines))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean isService() {
    return List.of(Engines.FAST, Engines.FAST_DIRECT, Engines.FAST_CHECKED).contains(engine);
  }

  /** What {@code repvgg-runtime} needs for arrays, and this class. */
  private static String serviceClassPath() {
    return Arrays.stream(classPath().split(File.pathSeparator))
        .filter(entry -> SERVICE.stream().anyMatch(entry.replace('\\', '/')::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** That of this process; Maven's exec:java has a class loader of its own for it. */
  public static String classPath() {
    if (EngineProcess.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(url -> Path.of(URI.create(url.toString())).toString())
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("java.class.path");
  }
}
