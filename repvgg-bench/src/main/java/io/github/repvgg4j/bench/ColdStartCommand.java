package io.github.repvgg4j.bench;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelZipWriter;
import io.github.repvgg4j.deploy.onnx.OnnxExport;
import io.github.repvgg4j.deploy.onnx.OnnxOptions;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.model.RepVggVariant;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * From the JVM's start to the first answer, as a function that is started for a request feels it.
 */
@Command(
    name = "cold-start",
    mixinStandardHelpOptions = true,
    description = "Milliseconds from the start of a JVM to the first answer, in several engines.")
final class ColdStartCommand implements Callable<Integer> {

  private static final Map<String, List<String>> JVM_OPTIONS = new LinkedHashMap<>();

  static {
    JVM_OPTIONS.put("default", List.of());
    JVM_OPTIONS.put("short-lived", List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
  }

  @Option(names = "--rounds", defaultValue = "5")
  private int rounds;

  @Option(names = "--resolution", defaultValue = "224")
  private int resolution;

  private record Start(double millis, double megabytes) {}

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("cold-start");
    Path zip = folder.resolve("a0-fast.zip");
    Path onnx = folder.resolve("a0-fast.onnx");
    try {
      write(zip, onnx);
      Map<String, List<Start>> starts = new LinkedHashMap<>();
      for (int round = 0; round < rounds; round++) {
        for (String options : JVM_OPTIONS.keySet()) {
          for (String engine :
              List.of("fast-unchecked", "fast-checked", "dl4j-accelerated", "onnxruntime")) {
            Path file = engine.equals("onnxruntime") ? onnx : zip;
            starts
                .computeIfAbsent(engine + " | " + options, key -> new ArrayList<>())
                .add(start(engine, file, JVM_OPTIONS.get(options)));
          }
        }
      }
      print(starts);
    } finally {
      Files.deleteIfExists(zip);
      Files.deleteIfExists(onnx);
      Files.delete(folder);
    }
    return 0;
  }

  private void write(Path zip, Path onnx) throws IOException {
    Workload workload =
        Workload.of("A0", RepVggVariant.A0.spec(1000, InputShape.square(resolution)));
    ModelMetadata metadata = ModelMetadata.of(ModelMetadata.Form.FAST, workload.spec());
    ModelZipWriter.of(workload.fused(), metadata).write(zip);
    OnnxExport.write(onnx, workload.fused(), metadata, OnnxOptions.DEFAULT);
  }

  private Start start(String engine, Path file, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(options);
    command.addAll(List.of(FirstAnswer.class.getName(), engine, file.toString(), "" + resolution));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    // Not as an option: ONNX Runtime 1.29 crashes where the command line is longer than 4 KB.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    String answer =
        process
            .inputReader()
            .lines()
            .filter(line -> line.startsWith("first-answer "))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(engine + ": no answer"));
    process.waitFor();
    String[] words = answer.split(" ");
    return new Start(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
  }

  private static void print(Map<String, List<Start>> starts) {
    System.out.println("| engine | JVM options | median ms | min - max | peak MB |");
    System.out.println("| --- | --- | --- | --- | --- |");
    starts.forEach(
        (name, list) -> {
          double[] millis = list.stream().mapToDouble(Start::millis).sorted().toArray();
          double memory =
              Arrays.stream(list.stream().mapToDouble(Start::megabytes).toArray()).max().orElse(0);
          System.out.printf(
              Locale.ROOT,
              "| %s | %.0f | %.0f - %.0f | %.0f |%n",
              name,
              millis[millis.length / 2],
              millis[0],
              millis[millis.length - 1],
              memory);
        });
  }
}
